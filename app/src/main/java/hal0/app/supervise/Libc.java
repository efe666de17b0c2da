package hal0.app.supervise;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * The few functions of the C library that Java has no words for, with the numbers that Linux gives
 * them on every machine that a JDK runs on. Each is looked up when it is needed: to do so takes
 * milliseconds.
 */
final class Libc {
  static final int SIGPIPE = 13;
  static final int SIGTERM = 15;

  /** waitid(2): how a child ended. */
  static final int EXITED = 1;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemorySegment DEFAULT = MemorySegment.NULL;
  private static final MemorySegment IGNORE = MemorySegment.ofAddress(1);
  private static final short SETSIGMASK = 0x08;
  private static final int P_PID = 1;
  private static final int WEXITED_NOWAIT = 4 | 0x01000000;
  private static final int PR_SET_DUMPABLE = 4;

  // More than posix_spawnattr_t, posix_spawn_file_actions_t, sigset_t and siginfo_t have.
  private static final long AMPLE = 1024;

  private Libc() {}

  /**
   * Starts a program, found by PATH like a shell's, with no signal blocked and none of this
   * process's files but the first three.
   *
   * @return its pid, or the negative error
   */
  static int spawn(List<byte[]> argv, List<byte[]> environment, List<Integer> closed) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(AMPLE, 16);
      MemorySegment actions = arena.allocate(AMPLE, 16);
      MemorySegment noSignals = arena.allocate(AMPLE, 16);
      FunctionDescriptor one = FunctionDescriptor.of(JAVA_INT, ADDRESS);
      call("posix_spawnattr_init", one, attributes);
      call("posix_spawn_file_actions_init", one, actions);
      FunctionDescriptor two = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
      call("posix_spawnattr_setsigmask", two, attributes, noSignals);
      FunctionDescriptor flags =
          FunctionDescriptor.of(JAVA_INT, ADDRESS, java.lang.foreign.ValueLayout.JAVA_SHORT);
      call("posix_spawnattr_setflags", flags, attributes, SETSIGMASK);
      FunctionDescriptor close = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT);
      MethodHandle addClose = function("posix_spawn_file_actions_addclose", close);
      for (int descriptor : closed) {
        invoke(addClose, actions, descriptor);
      }
      MemorySegment pid = arena.allocate(JAVA_INT);
      FunctionDescriptor spawn =
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
      MemorySegment words = strings(arena, argv);
      MemorySegment file = words.getAtIndex(ADDRESS, 0);
      MemorySegment variables = strings(arena, environment);
      int error = call("posix_spawnp", spawn, pid, file, actions, attributes, words, variables);
      return error == 0 ? pid.get(JAVA_INT, 0) : -error;
    }
  }

  /**
   * Waits until a child has ended, and leaves it as it is: its pid stays its own.
   *
   * @return how and with what: {@link #EXITED} and its exit code, or another and the signal
   */
  static int[] await(int pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(AMPLE, 16);
      FunctionDescriptor shape =
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
      MethodHandle waitid = function("waitid", shape);
      // A child of our own can always be waited for; what else fails is an interrupted call.
      while (invoke(waitid, P_PID, pid, info, WEXITED_NOWAIT) != 0) {
        Thread.onSpinWait();
      }
      return new int[] {info.get(JAVA_INT, 8), info.get(JAVA_INT, 24)};
    }
  }

  static void kill(int pid, int signal) {
    call("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), pid, signal);
  }

  /** The signal is ignored from now on, here and by programs that are started from here. */
  static void ignore(int signal) {
    handle(signal, IGNORE);
  }

  /** The signal does from now on what it does to any process. */
  static void restore(int signal) {
    handle(signal, DEFAULT);
  }

  private static void handle(int signal, MemorySegment handler) {
    FunctionDescriptor shape = FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS);
    try {
      Object before = function("signal", shape).invoke(signal, handler);
      assert before != null;
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  /** Whatever ends this process leaves no core behind. */
  static void leaveNoCore() {
    Linker.Option rest = Linker.Option.firstVariadicArg(1);
    FunctionDescriptor shape =
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    MethodHandle prctl =
        LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("prctl"), shape, rest);
    invoke(prctl, PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
  }

  private static MemorySegment strings(Arena arena, List<byte[]> texts) {
    MemorySegment all = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      byte[] text = texts.get(i);
      MemorySegment copy = arena.allocate(text.length + 1L);
      MemorySegment.copy(MemorySegment.ofArray(text), 0, copy, 0, text.length);
      all.setAtIndex(ADDRESS, i, copy);
    }
    return all;
  }

  private static MethodHandle function(String name, FunctionDescriptor shape) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape);
  }

  private static int call(String name, FunctionDescriptor shape, Object... arguments) {
    return invoke(function(name, shape), arguments);
  }

  private static int invoke(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  /** None of these functions throws anything. */
  private static IllegalStateException thrown(Throwable e) {
    return new IllegalStateException(e);
  }
}
