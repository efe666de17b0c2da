package hal0.app.gateway.worker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** How one path of the API is asked of a worker, and how the worker's answer is told. Stateless. */
interface Shape {
  /**
   * What the answer is of.
   *
   * @param id another for each request
   * @param model what the answer says that it is of
   * @param created seconds since the epoch
   */
  record Heading(String id, String model, long created) {}

  /** What the worker is asked. */
  ObjectNode question(ObjectNode request) throws Unfit;

  /** The whole answer. */
  ObjectNode answer(ObjectNode request, ObjectNode result, Heading heading);

  /** How the answer is told in parts; empty where it is wanted, or can only be had, whole. */
  default Optional<Parts> parts(ObjectNode request, Heading heading) throws Unfit {
    return Optional.empty();
  }

  /** An answer in parts. */
  interface Parts {
    /** What is said for a part of the worker's. */
    ObjectNode chunk(ObjectNode chunk);

    /** What is said at the end. */
    List<ObjectNode> end(ObjectNode end);
  }

  /** A member that must be there and be text. */
  static String text(ObjectNode request, String key) throws Unfit {
    if (!request.path(key).isTextual()) {
      throw Unfit.badRequest("\"" + key + "\" must be a text");
    }
    return request.path(key).textValue();
  }
}
