package hal0.app.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/**
 * Where the token comes from: {@code HAL0_TOKEN}, else {@code <state dir>/token}, made at the first
 * start.
 */
public final class TokenFile {
  /** The variable that wins over the file. */
  public static final String VARIABLE = "HAL0_TOKEN";

  private static final String GROUP = "hal0";
  private static final int BYTES = 32;
  private static final int LONGEST = 4096;

  private TokenFile() {}

  /**
   * The token to use; makes the file where there is none and the variable is not set.
   *
   * @param environment the process's variables
   * @param stateDir the state directory, made if it is missing
   * @param system whether this is the system scope: the file is then 0640 and of the group hal0
   *     where there is one, else 0600
   * @throws IOException if the file cannot be read or made, or what it or the variable holds is no
   *     token; the message says what to do and never holds the token
   */
  public static Token resolve(Map<String, String> environment, Path stateDir, boolean system)
      throws IOException {
    String given = environment.getOrDefault(VARIABLE, "").strip();
    if (!given.isEmpty()) {
      return token(given, VARIABLE);
    }
    Path file = stateDir.resolve("token");
    try {
      return read(file, system);
    } catch (NoSuchFileException e) {
      make(file, system);
      return read(file, system);
    }
  }

  private static Token read(Path file, boolean system) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException(
          file + " is not a file: remove it, and a new token is made at the next start");
    }
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST);
    }
    Token token = token(new String(bytes, StandardCharsets.UTF_8).strip(), file.toString());
    tighten(file, system);
    return token;
  }

  private static Token token(String text, String where) throws IOException {
    try {
      return new Token(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(where + " does not hold a token: " + e.getMessage(), e);
    }
  }

  /** Takes rights away that a token's file must not give; adds none. */
  private static void tighten(Path file, boolean system) throws IOException {
    Set<PosixFilePermission> present = Files.getPosixFilePermissions(file);
    if (present.retainAll(wanted(system))) {
      Files.setPosixFilePermissions(file, present);
    }
  }

  private static Set<PosixFilePermission> wanted(boolean system) {
    return PosixFilePermissions.fromString(system ? "rw-r-----" : "rw-------");
  }

  private static void make(Path file, boolean system) throws IOException {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret) + "\n";
    Files.createDirectories(file.getParent());
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Path fresh = Files.createTempFile(file.getParent(), ".token-", "", ownerOnly);
    try {
      Files.writeString(fresh, text, StandardOpenOption.SYNC);
      if (system && giveToGroup(fresh)) {
        Files.setPosixFilePermissions(fresh, wanted(true));
      }
      Files.createLink(file, fresh);
    } catch (FileAlreadyExistsException e) {
      // Another start of the daemon was quicker: its token counts.
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Gives the file to the group; false where there is no such group. */
  private static boolean giveToGroup(Path file) throws IOException {
    try {
      GroupPrincipal group =
          file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(GROUP);
      Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setGroup(group);
      return true;
    } catch (UserPrincipalNotFoundException e) {
      return false;
    }
  }
}
