package hal0.app;

import hal0.app.api.BootPort;
import hal0.app.machine.Units;
import hal0.slots.spec.SlotFile;
import hal0.slots.time.Clockwork;
import hal0.systemd.SystemdException;
import hal0.systemd.UnitControl;
import hal0.systemd.UnitName;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The links of slots' units in the default target, made and taken away by systemd itself: on
 * command, and as the slot files say it. A usable file with {@code enabled = true} is linked when
 * it is first seen or begins to say so; the link goes when a file that said so stops saying it, or
 * goes. A link beside a file that says false from the start is somebody's own and stays. Nothing is
 * started or stopped by that. Safe for use by many threads.
 */
final class BootLinks implements BootPort, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(BootLinks.class.getName());

  /** systemd is about to come, or back. */
  private static final Duration SOON = Duration.ofSeconds(1);

  /** Somebody has to do something first, such as install. */
  private static final Duration LATER = Duration.ofSeconds(30);

  private final UnitControl systemd;
  private final Path unitDirectory;
  private final Clockwork clock;
  private final Map<String, Boolean> said = new HashMap<>();
  private final Map<String, Boolean> due = new LinkedHashMap<>();
  private boolean busy;
  private boolean closed;
  private String complaint = "";

  /**
   * @param unitDirectory where the links are, see {@link hal0.systemd.Scope#unitDirectory}
   */
  BootLinks(UnitControl systemd, Path unitDirectory, Clockwork clock) {
    this.systemd = systemd;
    this.unitDirectory = unitDirectory;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Void> enable(String name) {
    return systemd.enable(UnitName.ofSlot(name));
  }

  @Override
  public CompletableFuture<Void> disable(String name) {
    return systemd.disable(UnitName.ofSlot(name));
  }

  /** Takes note of every slot file as it is now, and returns at once. */
  synchronized void see(Map<String, SlotFile> files) {
    for (SlotFile file : files.values()) {
      // Of a file that cannot be used it is not known what it wants.
      file.spec().ifPresent(spec -> see(spec.name(), spec.enabled()));
    }
    Set<String> gone = new HashSet<>(said.keySet());
    gone.removeAll(files.keySet());
    for (String name : gone) {
      see(name, false);
      said.remove(name);
    }
    settleSoon();
  }

  private void see(String name, boolean enabled) {
    boolean before = Boolean.TRUE.equals(said.put(name, enabled));
    if (before != enabled) {
      due.put(name, enabled);
    }
  }

  private synchronized void settleSoon() {
    if (!busy && !closed && !due.isEmpty()) {
      busy = true;
      clock.execute(this::settle);
    }
  }

  private void settle() {
    Map<String, Boolean> todo;
    synchronized (this) {
      todo = new LinkedHashMap<>(due);
    }
    List<CompletableFuture<Throwable>> done = new ArrayList<>();
    try {
      Set<String> linked = Units.linkedSlots(unitDirectory);
      todo.forEach((name, wanted) -> done.add(settle(name, wanted, linked.contains(name))));
    } catch (IOException unreadable) {
      done.add(CompletableFuture.completedFuture(unreadable));
    }
    CompletableFuture.allOf(done.toArray(CompletableFuture[]::new))
        .thenRun(
            () ->
                settled(
                    done.stream()
                        .map(CompletableFuture::join)
                        .filter(failure -> failure != null)
                        .toList()));
  }

  /** Ends with null where it is as wanted, else with the reason. */
  private CompletableFuture<Throwable> settle(String name, boolean wanted, boolean linked) {
    CompletableFuture<Void> change =
        wanted == linked
            ? CompletableFuture.completedFuture(null)
            : wanted ? enable(name) : disable(name);
    return change.handle(
        (done, failure) -> {
          if (failure == null) {
            forget(name, wanted);
          }
          return failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        });
  }

  private synchronized void forget(String name, boolean wanted) {
    due.remove(name, wanted);
  }

  private synchronized void settled(List<Throwable> failures) {
    busy = false;
    if (failures.isEmpty()) {
      complaint = "";
      settleSoon();
      return;
    }
    boolean away = failures.getFirst() instanceof SystemdException.BusDown;
    String text = failures.getFirst().getMessage();
    // That the bus is away is said by who connects.
    if (!away && !closed && !text.equals(complaint)) {
      complaint = text;
      LOG.log(
          Level.WARNING,
          "not as the slot files say at the next boot: "
              + String.join(", ", due.keySet())
              + " ("
              + text
              + ")");
    }
    clock.schedule(away ? SOON : LATER, this::settleSoon);
  }

  /** Nothing is linked any more but on command. */
  @Override
  public synchronized void close() {
    closed = true;
  }
}
