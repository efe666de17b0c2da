package hal0.tests.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every file is formatted as google-java-format would; tests/bin/format rewrites those that are
 * not.
 */
class FormatTest {
  private static final boolean WRITE = "write".equals(System.getProperty("hal0.format"));

  @Test
  void everyFileIsFormatted() throws IOException, FormatterException {
    List<String> different = new ArrayList<>();
    Formatter formatter = new Formatter();
    for (Path file : Sources.all()) {
      String text = Sources.text(file);
      String formatted = formatter.formatSourceAndFixImports(text);
      if (!formatted.equals(text)) {
        if (WRITE) {
          Files.writeString(file, formatted);
        } else {
          different.add(Sources.name(file));
        }
      }
    }
    assertThat(different).as("tests/bin/format mends these").isEmpty();
  }
}
