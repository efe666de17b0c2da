package hal0.app.api;

import hal0.slots.SlotView;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Slots as JSON, each rendered once for as long as it does not change: lists are asked for often,
 * slots change seldom. Safe for use by many threads.
 */
final class RenderedSlots {
  private static final int SPARE = 16;

  private final ConcurrentHashMap<String, Rendered> rendered = new ConcurrentHashMap<>();

  private record Rendered(SlotView view, byte[] json) {}

  /** One slot. The bytes must not be changed. */
  @SuppressWarnings(
      "ReferenceEquality") // A view never changes: the same one is the same, and another costs a
  // rendering.
  byte[] slot(SlotView view) {
    Rendered known = rendered.get(view.name());
    if (known != null && known.view() == view) {
      return known.json();
    }
    byte[] json = JsonOut.bytes(generator -> SlotJson.slot(generator, view));
    rendered.put(view.name(), new Rendered(view, json));
    return json;
  }

  /** An array of slots. */
  byte[] slots(List<SlotView> views) {
    if (rendered.size() > views.size() + SPARE) {
      rendered.clear();
    }
    List<byte[]> parts = views.stream().map(this::slot).toList();
    ByteArrayOutputStream array =
        new ByteArrayOutputStream(2 + parts.stream().mapToInt(part -> part.length + 1).sum());
    array.write('[');
    for (int i = 0; i < parts.size(); i++) {
      if (i > 0) {
        array.write(',');
      }
      array.writeBytes(parts.get(i));
    }
    array.write(']');
    return array.toByteArray();
  }
}
