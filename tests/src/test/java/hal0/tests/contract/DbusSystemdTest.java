package hal0.tests.contract;

import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.RealSystemd;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real systemd. */
@RealSystemd
class DbusSystemdTest extends UnitControlContract {
  private static PrivateSystemd systemd;

  @BeforeAll
  static void startSystemd() {
    systemd = PrivateSystemd.start();
  }

  @AfterAll
  static void stopSystemd() {
    systemd.close();
  }

  @Override
  UnitWorld open() {
    return new RealUnits(systemd);
  }
}
