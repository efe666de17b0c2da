package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.tests.bed.Ran;
import hal0.tests.bed.SlotText;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What install writes and uninstall takes back. */
final class InstallTest extends E2e {
  @Test
  void installIsIdempotentAndUninstallTakesBackWhatItWrote() {
    // Another home, so that the template of the other tests stays.
    Path template = systemd.unitDir().resolve("hal0-slot@.service");
    assertThat(template).exists();
    Ran again = hal0.cli("install");
    assertThat(again.exit()).as(again.toString()).isZero();
    hal0.writeSlot("installed", SlotText.llama());
    hal0.verb("installed", "load");
    hal0.verb("installed", "unload");
    Ran uninstall = hal0.cli("uninstall");
    assertThat(uninstall.exit()).as(uninstall.toString()).isZero();
    assertThat(template).doesNotExist();
    assertThat(hal0.cli("install").exit()).isZero();
    assertThat(template).exists();
    assertThat(state(hal0.verb("installed", "load"))).isEqualTo("ready");
  }
}
