package hal0.slots.probe;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Tells apart why a request got no answer: the server's doing, or our own want of something. */
final class Silences {
  /** What Linux says when a socket can't be had; none of it says anything about the server. */
  private static final List<String> OURS =
      List.of(
          "Too many open files",
          "Cannot allocate memory",
          "No buffer space available",
          "Cannot assign requested address",
          "Operation not permitted",
          "Permission denied",
          "Network is unreachable");

  private static final int CAUSES = 12;

  private Silences() {}

  /**
   * Judges an exception of a request.
   *
   * @param path what was asked
   * @param begun whether the head of an answer had been read
   */
  static Finding of(Throwable failure, String path, int port, boolean begun) {
    List<Throwable> all = causes(failure);
    for (Throwable one : all) {
      String message = String.valueOf(one.getMessage());
      // Of other exceptions the message may hold what the server said.
      if (one instanceof SocketException && OURS.stream().anyMatch(message::contains)) {
        return Finding.of(
            Verdict.INCONCLUSIVE, "the probe could not be made: " + Details.brief(message));
      }
    }
    if (all.stream().anyMatch(ConnectException.class::isInstance)) {
      return Finding.of(Verdict.UNREACHABLE, "connection refused on 127.0.0.1:" + port);
    }
    if (all.stream().anyMatch(SocketTimeoutException.class::isInstance)) {
      return Finding.of(Verdict.UNREACHABLE, "no answer on " + path + " in time");
    }
    if (begun) {
      return Finding.of(
          Verdict.NOT_UNDERSTOOD, "the answer on " + path + " broke off: " + brief(failure));
    }
    if (all.stream().anyMatch(Silences::isRubbish)) {
      return Finding.of(
          Verdict.NOT_UNDERSTOOD, path + " answered what is no HTTP: " + brief(failure));
    }
    return Finding.of(
        Verdict.UNREACHABLE, "the connection was closed without an answer on " + path);
  }

  /** Whether something came that is not HTTP. */
  private static boolean isRubbish(Throwable one) {
    return one instanceof ProtocolException || !(one instanceof IOException);
  }

  private static String brief(Throwable failure) {
    String message = failure.getMessage();
    return Details.brief(message == null ? failure.getClass().getSimpleName() : message);
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> all = new ArrayList<>(List.of(failure));
    for (int at = 0; at < all.size() && all.size() < CAUSES; at++) {
      Throwable one = all.get(at);
      if (one.getCause() != null) {
        all.add(one.getCause());
      }
      all.addAll(List.of(one.getSuppressed()));
    }
    return all;
  }
}
