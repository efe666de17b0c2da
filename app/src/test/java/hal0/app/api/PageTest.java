package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class PageTest {
  @Test
  void thePageRunsNothingButItself() throws Exception {
    try (ApiBed bed =
        new ApiBed(new FakeSlots(), Limits.DEFAULT, false, new PageRoutes().routes())) {
      ApiBed.Answer answer = bed.get("/");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
      String policy = answer.header("Content-Security-Policy");
      assertThat(policy)
          .contains("default-src 'none'")
          .contains("frame-ancestors 'none'")
          .doesNotContain("unsafe");
      for (String element : new String[] {"script", "style"}) {
        String page = answer.text();
        int from = page.indexOf("<" + element + ">") + element.length() + 2;
        String text = page.substring(from, page.indexOf("</" + element + ">"));
        byte[] digest =
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        assertThat(policy).contains("'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
      }
      // Nothing from elsewhere, nothing that the policy would forbid, no markup made of what slots
      // say.
      String withoutIcon = answer.text().replaceFirst("<link rel=\"icon\"[^\n]*", "");
      assertThat(withoutIcon)
          .doesNotContain("http:")
          .doesNotContain("https:")
          .doesNotContain("innerHTML");
      assertThat(withoutIcon).doesNotContainPattern("\\son[a-z]+=\"").doesNotContain("style=\"");
    }
  }
}
