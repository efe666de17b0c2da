package hal0.app.cli;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A slot file, TOML or JSON, as the JSON that the API takes. What its keys mean is the daemon's to check. */
final class SlotFileJson {
  /** More than any slot file is; the daemon takes no more than 1 MiB of JSON. */
  private static final int MAX_BYTES = 256 * 1024;

  private SlotFileJson() {}

  /** Reads the file, or stdin for {@code -}, and puts the name in. */
  static String read(String file, String name) throws Failure {
    String text = new String(bytes(file), StandardCharsets.UTF_8).strip();
    ObjectMapper mapper = text.startsWith("{") ? new ObjectMapper() : new TomlMapper();
    try {
      JsonNode tree = mapper.readTree(text);
      if (!(tree instanceof ObjectNode slot)) {
        throw new Failure(Failure.NOT_DONE, file + ": not a slot file");
      }
      slot.put("name", name);
      return slot.toString();
    } catch (JsonProcessingException wrong) {
      JsonLocation at = wrong.getLocation();
      String place = at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
      throw new Failure(Failure.NOT_DONE, file + place + ": " + firstLine(wrong.getOriginalMessage()));
    }
  }

  private static byte[] bytes(String file) throws Failure {
    try (var in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new Failure(Failure.NOT_DONE, file + ": larger than 256 KiB");
      }
      return bytes;
    } catch (NoSuchFileException missing) {
      throw new Failure(Failure.USAGE, "--file: no such file: " + file);
    } catch (IOException | java.nio.file.InvalidPathException unreadable) {
      throw new Failure(Failure.USAGE, "--file: cannot read " + file + ": " + unreadable.getMessage());
    }
  }

  private static String firstLine(String message) {
    return message == null ? "not readable" : message.lines().findFirst().orElse("not readable");
  }
}
