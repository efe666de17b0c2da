package hal0.slots.pull;

import hal0.slots.spec.SlotSpec;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Something that a slot needs and that is not there, but can be fetched. Immutable. */
public sealed interface Want {
  /** The word for programs: {@code model} or {@code image}. */
  String what();

  /** What people call it. */
  String name();

  /** Where it comes from, without what may be secret in an address. */
  String from();

  /** Two wants with the same key are the same thing on this machine. */
  String key();

  /**
   * A model's file.
   *
   * @param model its id; "" where the slot has none
   * @param path where the file will be, absolute
   * @param source as it was written: {@code https:}, {@code http:} or {@code hf:}
   * @param sha256 what it must be, 64 hexadecimal digits in lower case
   */
  record File(String model, Path path, String source, Optional<String> sha256) implements Want {
    @Override
    public String what() {
      return "model";
    }

    @Override
    public String name() {
      return model.isEmpty() ? String.valueOf(path.getFileName()) : model;
    }

    @Override
    public String from() {
      return Sources.shown(source);
    }

    @Override
    public String key() {
      return "file:" + path;
    }
  }

  /**
   * A container's image.
   *
   * @param runtime whose image store it goes to
   * @param name as the slot's file has it
   */
  record Image(SlotSpec.Runtime runtime, String name) implements Want {
    /** podman's other places: an archive, a directory; {@code podman run} reads them itself. */
    private static final Pattern TRANSPORT =
        Pattern.compile("(docker-archive|oci-archive|oci|dir|containers-storage|docker-daemon):.*");

    /** Whether an image of that name comes from a registry. */
    public static boolean isOfRegistry(String name) {
      return !TRANSPORT.matcher(name).matches();
    }

    @Override
    public String what() {
      return "image";
    }

    @Override
    public String from() {
      int slash = name.indexOf('/');
      String first = slash < 0 ? "" : name.substring(0, slash);
      boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
      return host ? first : runtime.name().toLowerCase(Locale.ROOT) + "'s registries";
    }

    @Override
    public String key() {
      return "image:" + runtime.word() + ":" + name;
    }
  }
}
