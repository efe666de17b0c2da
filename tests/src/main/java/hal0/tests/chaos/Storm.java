package hal0.tests.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Acts at random, one act after the other, without waiting for what comes of it. */
final class Storm {
  /** What is done, and how often in a hundred or so. */
  private enum Act {
    LOAD(16),
    UNLOAD(7),
    RESTART(4),
    SWAP(4),
    KILL_UPSTREAM(10),
    STOP_UPSTREAM(5),
    CONTINUE(6),
    TELL_UPSTREAM(8),
    SYSTEMCTL(12),
    RELOAD_SYSTEMD(2),
    KILL_DAEMON(2),
    TERM_DAEMON(1),
    START_DAEMON(12),
    KILL_BUS(2),
    STOP_BUS(2),
    START_BUS(8),
    TOUCH_FILE(3);

    private final int weight;

    Act(int weight) {
      this.weight = weight;
    }
  }

  private static final List<String> TOLD =
      List.of("hang", "ok", "ok", "error 500", "rubbish", "loading", "model", "exit 0", "exit 3");
  private static final List<String> SYSTEMCTL =
      List.of("start", "start", "stop", "stop", "restart", "try-restart", "reset-failed", "kill");
  private static final int LONGEST_PAUSE_MS = 250;
  private static final int TOLD_LAST = 60;

  private final Ground ground;
  private final Random random;
  private final Map<Act, Integer> done = new EnumMap<>(Act.class);
  private final List<String> history = new ArrayList<>();
  private long began;

  Storm(Ground ground, long seed) {
    this.ground = ground;
    this.random = new Random(seed);
  }

  void rage(Duration length) {
    began = System.nanoTime();
    ground.slots().forEach(slot -> command(slot, "load", "{}"));
    while (System.nanoTime() - began < length.toNanos()) {
      Act act = choose();
      Ground.Slot slot = ground.slots().get(random.nextInt(ground.slots().size()));
      done.merge(act, 1, Integer::sum);
      act(act, slot);
      LockSupport.parkNanos(Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MS)).toNanos());
    }
  }

  private Act choose() {
    int whole = 0;
    for (Act act : Act.values()) {
      whole += act.weight;
    }
    int left = random.nextInt(whole);
    for (Act act : Act.values()) {
      left -= act.weight;
      if (left < 0) {
        return act;
      }
    }
    throw new IllegalStateException("weights");
  }

  private void act(Act act, Ground.Slot slot) {
    switch (act) {
      case LOAD -> command(slot, "load", "{}");
      case UNLOAD -> command(slot, "unload", "{}");
      case RESTART -> command(slot, "restart", "{}");
      case SWAP -> command(slot, "swap", "{\"model_id\":\"m" + random.nextInt(3) + "\"}");
      case KILL_UPSTREAM -> signal("KILL", slot);
      case STOP_UPSTREAM -> signal("STOP", slot);
      case CONTINUE -> {
        note("everything goes on");
        ground.continueAll();
      }
      case TELL_UPSTREAM -> tell(slot);
      case SYSTEMCTL -> systemctl(slot);
      case RELOAD_SYSTEMD -> systemctl("daemon-reload");
      case KILL_DAEMON, TERM_DAEMON -> endDaemon(act);
      case START_DAEMON -> startDaemon();
      case KILL_BUS -> {
        note("the bus is killed");
        ground.killBus();
      }
      case STOP_BUS -> {
        note("the bus hangs");
        ground.signal("STOP", ground.busPid());
      }
      case START_BUS -> {
        note("the bus is there");
        ground.startBus();
      }
      case TOUCH_FILE -> touch(slot);
    }
  }

  private void command(Ground.Slot slot, String verb, String body) {
    String path = "/api/slots/" + slot.name() + "/" + verb + "?wait=0";
    String answer = ground.ask("POST", ground.hal0().port(), path, body);
    note(slot.name() + " " + verb + " " + body + " -> " + head(answer));
  }

  private static String head(String answer) {
    return answer.isEmpty() ? "(no answer)" : answer.substring(0, Math.min(3, answer.length()));
  }

  private void signal(String signal, Ground.Slot slot) {
    long pid = ground.mainPid(slot);
    note(slot.name() + " SIG" + signal + " to " + pid);
    ground.signal(signal, pid);
  }

  private void tell(Ground.Slot slot) {
    String told = TOLD.get(random.nextInt(TOLD.size()));
    note(slot.name() + " is told: " + told);
    ground.ask("POST", slot.port(), "/_control", told);
  }

  private void systemctl(Ground.Slot slot) {
    String verb = SYSTEMCTL.get(random.nextInt(SYSTEMCTL.size()));
    if (verb.equals("kill")) {
      systemctl(verb, "--signal=TERM", slot.unit());
    } else if (verb.equals("reset-failed")) {
      systemctl(verb, slot.unit());
    } else {
      systemctl(verb, "--no-block", slot.unit());
    }
  }

  private void systemctl(String... arguments) {
    note("systemctl " + String.join(" ", arguments));
    ground.systemd().systemctl(arguments);
  }

  private void endDaemon(Act act) {
    if (!ground.isDaemonUp()) {
      return;
    }
    note("the daemon ends: " + act);
    if (act == Act.KILL_DAEMON) {
      ground.hal0().kill9();
    } else {
      ground.hal0().term();
    }
  }

  private void startDaemon() {
    if (!ground.isDaemonUp()) {
      note("the daemon starts");
      ground.hal0().launch();
    }
  }

  private void touch(Ground.Slot slot) {
    note(slot.name() + ": its file is written anew");
    ground.rewrite(slot, random.nextBoolean());
  }

  private void note(String what) {
    history.add((System.nanoTime() - began) / 1_000_000 + " ms: " + what);
  }

  String summary() {
    return history.size() + " acts: " + done;
  }

  /** The last acts, for a person. */
  String history() {
    List<String> last = history.subList(Math.max(0, history.size() - TOLD_LAST), history.size());
    return "--- the last acts:\n" + String.join("\n", last) + "\n";
  }
}
