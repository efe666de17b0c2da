package hal0.app.node;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/** The same on a real router, where {@code ZENOHD} names its program. */
class ZenohdTest extends ZenohContract {
  private static final String PROGRAM = System.getenv().getOrDefault("ZENOHD", "");

  @BeforeAll
  static void there() {
    String why = "skipped: ZENOHD does not name a zenohd";
    if (PROGRAM.isEmpty()) {
      System.out.println("ZenohdTest " + why);
    }
    Assumptions.assumeFalse(PROGRAM.isEmpty(), why);
  }

  @Override
  Router router() throws Exception {
    return new ZenohdRouter(PROGRAM);
  }
}
