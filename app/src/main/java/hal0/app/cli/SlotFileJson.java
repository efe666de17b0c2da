package hal0.app.cli;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.toml.TomlException;
import hal0.slots.toml.TomlFile;
import hal0.slots.toml.TomlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A slot file as the JSON that the API takes: TOML goes as its own text, so that its comments stay.
 * What its keys mean is the daemon's to check.
 */
final class SlotFileJson {
  /** More than any slot file is; the daemon takes no more than 1 MiB of JSON. */
  private static final int MAX_BYTES = 256 * 1024;

  private SlotFileJson() {}

  /** Reads the file, or stdin for {@code -}, and puts the name in. */
  static String read(String file, String name) throws Failure {
    byte[] bytes = bytes(file);
    try {
      String text = TomlFile.decode(bytes);
      Map<String, Object> slot = text.strip().startsWith("{") ? json(file, text) : toml(text);
      slot.put("name", name);
      return new ObjectMapper().writeValueAsString(slot);
    } catch (TomlException wrong) {
      throw at(file, wrong.line(), wrong.column(), wrong.getMessage());
    } catch (JsonProcessingException wrong) {
      JsonLocation at = wrong.getLocation();
      throw at == null
          ? new Failure(Failure.NOT_DONE, file + ": " + firstLine(wrong.getOriginalMessage()))
          : at(file, at.getLineNr(), at.getColumnNr(), firstLine(wrong.getOriginalMessage()));
    }
  }

  private static Map<String, Object> json(String file, String text)
      throws JsonProcessingException, Failure {
    if (new ObjectMapper().readTree(text) instanceof ObjectNode slot) {
      return new ObjectMapper()
          .convertValue(slot, new TypeReference<LinkedHashMap<String, Object>>() {});
    }
    throw new Failure(Failure.NOT_DONE, file + ": not a slot file");
  }

  /** Read here only to tell where in the file it is no TOML. */
  private static Map<String, Object> toml(String text) throws TomlException {
    TomlText.parse(text);
    Map<String, Object> slot = new LinkedHashMap<>();
    slot.put("toml", text);
    return slot;
  }

  private static Failure at(String file, int line, int column, String message) {
    return new Failure(Failure.NOT_DONE, file + ":" + line + ":" + column + ": " + message);
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
      throw new Failure(
          Failure.USAGE, "--file: cannot read " + file + ": " + unreadable.getMessage());
    }
  }

  private static String firstLine(String message) {
    return message == null ? "not readable" : message.lines().findFirst().orElse("not readable");
  }
}
