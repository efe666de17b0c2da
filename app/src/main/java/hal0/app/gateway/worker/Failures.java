package hal0.app.gateway.worker;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.app.api.Code;
import hal0.slots.worker.WorkerException;

/** What a client is told of what went wrong, in OpenAI's shape and with hal0's codes. */
final class Failures {
  private Failures() {}

  static ObjectNode unfit(Unfit unfit) {
    return error("invalid_request_error", code(unfit.status()), String.valueOf(unfit.getMessage()));
  }

  private static String code(int status) {
    return switch (status) {
      case 404 -> Code.REQUEST_NOT_FOUND.word();
      case 413 -> Code.REQUEST_TOO_LARGE.word();
      default -> "bad_request";
    };
  }

  /** The status for what a worker did not do. */
  static int status(WorkerException failure) {
    return switch (failure) {
      case WorkerException.Answered answered -> status(answered.type());
      case WorkerException.Unsendable _ -> 413;
      case WorkerException.Saturated _ -> 429;
      case WorkerException.TimedOut _,
          WorkerException.Cancelled _,
          WorkerException.Lost _,
          WorkerException.Broken _,
          WorkerException.Crashed _,
          WorkerException.Closed _ ->
          502;
    };
  }

  /** By the words of docs/worker-protocol.md. */
  private static int status(String type) {
    return switch (type) {
      case "bad_request", "unknown_kind", "wrong_role" -> 400;
      case "load_failed", "ending" -> 503;
      default -> 500;
    };
  }

  static ObjectNode failure(String slot, WorkerException failure) {
    int status = status(failure);
    String message = String.valueOf(failure.getMessage());
    String code =
        switch (failure) {
          case WorkerException.Answered answered -> answered.type();
          case WorkerException.Unsendable _ -> Code.REQUEST_TOO_LARGE.word();
          case WorkerException.Saturated _ -> Code.DISPATCH_SATURATED.word();
          default -> Code.DISPATCH_UPSTREAM_FAILED.word();
        };
    String type =
        status == 429
            ? "rate_limit_error"
            : status < 500 ? "invalid_request_error" : "server_error";
    return error(
        type, code, status < 500 ? message : "the worker of slot " + slot + ": " + message);
  }

  private static ObjectNode error(String type, String code, String message) {
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    ObjectNode error = whole.putObject("error");
    error.put("code", code).put("message", message).put("type", type);
    error.putNull("param");
    error.putObject("details");
    return whole;
  }
}
