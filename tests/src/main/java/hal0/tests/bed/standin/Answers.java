package hal0.tests.bed.standin;

import java.io.IOException;
import java.io.InputStream;
import java.util.StringJoiner;

/** What a server of the kind that is stood in for says to one request (docs/upstreams.md). */
final class Answers {
  private static final int HUGE = 64 << 20;
  private static final String LOADING =
      "{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\",\"code\":503}}";

  private final Options options;
  private final Behaviour behaviour;
  private final Seen seen = new Seen();
  private volatile boolean loaded;

  Answers(Options options, Behaviour behaviour) {
    this.options = options;
    this.behaviour = behaviour;
  }

  /** The model is loaded from now on. */
  void setLoaded() {
    loaded = true;
  }

  void answer(Exchange exchange, InputStream in) throws IOException {
    switch (exchange.path()) {
      case "/_control" -> control(exchange);
      case "/_seen" -> exchange.json(200, seen.json(options.said()));
      default -> {
        if (!fault(exchange)) {
          serve(exchange, in);
        }
      }
    }
  }

  private void control(Exchange exchange) throws IOException {
    try {
      exchange.text().lines().forEach(behaviour::apply);
      exchange.json(200, "{}");
    } catch (IllegalArgumentException e) {
      exchange.json(400, "{\"error\":" + Json.quote(String.valueOf(e.getMessage())) + "}");
    }
  }

  /** Answers as the fault says; false where there is none. */
  private boolean fault(Exchange exchange) throws IOException {
    Behaviour.Fault fault = loaded ? behaviour.fault() : Behaviour.Fault.LOADING;
    switch (fault) {
      case OK -> {
        return false;
      }
      case HANG -> {
        while (behaviour.fault() == Behaviour.Fault.HANG) {
          Behaviour.pause(50);
        }
        return false;
      }
      case ERROR -> exchange.json(behaviour.status(), "{\"error\":{\"message\":\"told to fail\"}}");
      case RUBBISH -> exchange.json(200, "<html>{\"status\": \"ok\", \"data\": [");
      case HUGE -> exchange.answer(200, "application/json", new byte[HUGE]);
      case ENDLESS -> {
        exchange.begin(200, "application/json");
        byte[] spaces = " ".repeat(1 << 16).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        while (behaviour.fault() == Behaviour.Fault.ENDLESS) {
          exchange.chunk(spaces);
        }
      }
      case LOADING -> exchange.json(503, LOADING);
    }
    return true;
  }

  private void serve(Exchange exchange, InputStream in) throws IOException {
    String path = exchange.path();
    Kind kind = options.kind();
    if (path.equals(kind.healthPath())) {
      exchange.json(200, kind == Kind.KOKORO ? speechHealth() : kind.healthBody());
    } else if (!path.startsWith("/v1/")) {
      notFound(exchange);
    } else if (!options.apiKey().isEmpty()
        && !exchange.header("authorization").equals("Bearer " + options.apiKey())) {
      exchange.json(401, "{\"error\":{\"message\":\"Invalid API Key\",\"code\":401}}");
    } else if (path.equals("/v1/models")) {
      if (kind.listsModels()) {
        exchange.json(200, "{\"object\":\"list\",\"data\":[" + models() + "]}");
      } else {
        notFound(exchange);
      }
    } else {
      work(exchange, in);
    }
  }

  private void work(Exchange exchange, InputStream in) throws IOException {
    seen.begin(exchange);
    boolean stayed = false;
    try {
      if (exchange.path().endsWith("/completions")) {
        stayed = new Completion(exchange, behaviour).run(in);
      } else {
        exchange.json(
            200,
            "{\"object\":\"echo\",\"path\":"
                + Json.quote(exchange.target())
                + ",\"bytes\":"
                + exchange.body().length
                + ",\"model\":"
                + Json.quote(behaviour.model())
                + "}");
        stayed = true;
      }
    } finally {
      seen.end(!stayed);
    }
  }

  private String speechHealth() {
    return behaviour.model().isEmpty()
        ? "{\"status\":\"loading\",\"model_loaded\":false}"
        : "{\"status\":\"ok\",\"model_loaded\":true}";
  }

  private String models() {
    StringJoiner data = new StringJoiner(",");
    if (!behaviour.model().isEmpty()) {
      data.add(
          "{\"id\":"
              + Json.quote(behaviour.model())
              + ",\"object\":\"model\",\"owned_by\":\"stand-in\"}");
    }
    if (!behaviour.entries().isEmpty()) {
      for (String entry : behaviour.entries().split(",", -1)) {
        int equals = entry.indexOf('=');
        data.add(
            "{\"id\":"
                + Json.quote(entry.substring(0, equals))
                + ",\"object\":\"model\",\"status\":{\"value\":"
                + Json.quote(entry.substring(equals + 1))
                + "}}");
      }
    }
    return data.toString();
  }

  private static void notFound(Exchange exchange) throws IOException {
    exchange.json(
        404,
        "{\"error\":{\"message\":\"File Not Found\",\"type\":\"not_found_error\",\"code\":404}}");
  }
}
