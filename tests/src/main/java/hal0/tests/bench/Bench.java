package hal0.tests.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * What hal0 takes, each figure beside what it can't go under, measured in the same run. Compare
 * within one run; absolute times differ between machines.
 */
public final class Bench {
  private static final Map<String, Callable<Void>> PROGRAMS = programs();

  private Bench() {}

  /** Runs the programs that are named, or all of them in turn; that takes some ten minutes. */
  public static void main(String[] names) throws Exception {
    for (String name : names.length == 0 ? PROGRAMS.keySet() : List.of(names)) {
      Callable<Void> program = PROGRAMS.get(name);
      if (program == null) {
        System.err.println("no bench is called " + name + ", but " + PROGRAMS.keySet());
        System.exit(2);
      }
      program.call();
    }
  }

  private static Map<String, Callable<Void>> programs() {
    Map<String, Callable<Void>> programs = new LinkedHashMap<>();
    programs.put("list", Lists::run);
    programs.put("death", Deaths::run);
    programs.put("lag", Lag::run);
    programs.put("start", Starts::run);
    programs.put("status", Commands::run);
    programs.put("streams", Streams::run);
    programs.put("worker", Workers::run);
    programs.put("idle", Idle::run);
    programs.put("gateway", Gateways::run);
    return programs;
  }
}
