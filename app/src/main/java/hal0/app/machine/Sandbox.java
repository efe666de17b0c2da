package hal0.app.machine;

import hal0.systemd.UnitFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the machine's daemon may do, in its unit: all of its work, but not what a fault in it could
 * do besides. It stays root, since it writes units and looks whose a port is. {@code
 * systemd-analyze security hal0.service} says how exposed that leaves it.
 */
final class Sandbox {
  /**
   * Who owns a port stands in other users' processes (ptrace, DAC); images and models are unpacked,
   * owned and given away by podman and by the daemon (chown to admin, which is podman's for its
   * storage).
   */
  private static final String CAPABILITIES =
      "CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_SETFCAP CAP_SETGID"
          + " CAP_SETUID CAP_SYS_ADMIN CAP_SYS_CHROOT CAP_SYS_PTRACE";

  private Sandbox() {}

  /**
   * Lines of the section {@code [Service]}.
   *
   * @param configDir where slot files are written; empty for the scope's own directory
   * @param stateDir likewise for records
   * @param launcher what is run: one in /tmp has to be seen by the daemon
   */
  static String text(Optional<Path> configDir, Optional<Path> stateDir, Path launcher) {
    var text = new StringBuilder();
    // Sockets of slots are below it: they outlive the daemon.
    text.append("RuntimeDirectory=hal0\nRuntimeDirectoryPreserve=yes\nStateDirectory=hal0\n");
    text.append("StateDirectoryMode=0755\nNoNewPrivileges=yes\n");
    text.append("CapabilityBoundingSet=").append(CAPABILITIES).append("\n");
    // Models may be pulled to anywhere else.
    text.append("ProtectSystem=full\nReadWritePaths=-/etc/systemd/system");
    text.append(" -").append(UnitFile.value(configDir.orElse(Path.of("/etc/hal0")).toString()));
    stateDir.ifPresent(path -> text.append(" -").append(UnitFile.value(path.toString())));
    boolean tmp = launcher.startsWith("/tmp") || launcher.startsWith("/var/tmp");
    text.append(tmp ? "\n" : "\nPrivateTmp=yes\n");
    text.append("PrivateMounts=yes\nDevicePolicy=closed\n");
    text.append("ProtectKernelTunables=yes\nProtectKernelModules=yes\nProtectKernelLogs=yes\n");
    text.append("ProtectControlGroups=yes\nProtectHostname=yes\nProtectClock=yes\n");
    text.append("LockPersonality=yes\nRestrictRealtime=yes\nKeyringMode=private\n");
    // podman unpacks images in a namespace of mounts.
    text.append("RestrictNamespaces=mnt\nRestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\n");
    text.append("SystemCallArchitectures=native\nSystemCallErrorNumber=EPERM\n");
    text.append("SystemCallFilter=@system-service @mount chroot unshare\n");
    text.append("SystemCallFilter=~@resources\n");
    return text.toString();
  }
}
