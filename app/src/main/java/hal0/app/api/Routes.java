package hal0.app.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The table of routes. Immutable. */
public final class Routes {
  private final List<Path> paths;
  private final List<Route> all;

  /**
   * What was found for a request.
   *
   * @param route empty where the path is known and the method is not
   * @param parameters the values of the pattern's {@code {name}}s
   * @param allowed the methods that the path knows
   */
  record Match(Optional<Route> route, Map<String, String> parameters, List<String> allowed) {}

  private record Path(List<String> segments, Map<String, Route> byMethod) {}

  /**
   * Makes the table.
   *
   * @throws IllegalArgumentException if two routes have one method and pattern
   */
  public Routes(List<Route> routes) {
    Map<String, Path> byPattern = new TreeMap<>();
    for (Route route : routes) {
      Path path =
          byPattern.computeIfAbsent(
              route.pattern(), p -> new Path(route.segments(), new TreeMap<>()));
      if (path.byMethod().put(route.method(), route) != null) {
        throw new IllegalArgumentException(
            "two routes for " + route.method() + " " + route.pattern());
      }
    }
    all = List.copyOf(routes);
    paths = new ArrayList<>(byPattern.values());
    paths.sort((one, other) -> compare(one.segments(), other.segments()));
  }

  /** Every route, in the order in which they were given. */
  public List<Route> all() {
    return all;
  }

  /**
   * Looks a path up, by its decoded segments; empty when there is no such path. A literal segment
   * wins, unless only a wider pattern knows the method.
   */
  Optional<Match> find(String method, List<String> segments) {
    String wanted = method.equals("HEAD") ? "GET" : method;
    Optional<Match> known = Optional.empty();
    for (Path path : paths) {
      Optional<Map<String, String>> parameters = match(path.segments(), segments);
      if (parameters.isPresent()) {
        Route route = path.byMethod().get(wanted);
        Match found = new Match(Optional.ofNullable(route), parameters.get(), allowed(path));
        if (route != null) {
          return Optional.of(found);
        }
        known = known.or(() -> Optional.of(found));
      }
    }
    return known;
  }

  private static List<String> allowed(Path path) {
    TreeSet<String> methods = new TreeSet<>(path.byMethod().keySet());
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return List.copyOf(methods);
  }

  private static Optional<Map<String, String>> match(List<String> pattern, List<String> segments) {
    boolean open = pattern.getLast().equals("*");
    int fixed = open ? pattern.size() - 1 : pattern.size();
    if (open ? segments.size() <= fixed : segments.size() != fixed) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < fixed; i++) {
      String wanted = pattern.get(i);
      if (isParameter(wanted)) {
        parameters.put(wanted.substring(1, wanted.length() - 1), segments.get(i));
      } else if (!wanted.equals(segments.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(parameters);
  }

  private static boolean isParameter(String segment) {
    return segment.startsWith("{") && segment.endsWith("}");
  }

  /** Literal segments before parameters, parameters before the open end. */
  private static int compare(List<String> one, List<String> other) {
    for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
      int order = Integer.compare(rank(one.get(i)), rank(other.get(i)));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(other.size(), one.size());
  }

  private static int rank(String segment) {
    return segment.equals("*") ? 2 : isParameter(segment) ? 1 : 0;
  }
}
