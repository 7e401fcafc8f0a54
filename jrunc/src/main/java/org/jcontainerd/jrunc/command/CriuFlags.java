package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import org.jcontainerd.jrunc.CriuSettings;

/** What {@code checkpoint} and {@code restore} share. */
final class CriuFlags {
  private CriuFlags() {}

  static Flags flags() {
    return new Flags()
        .option("image-path", "DIR", "directory of the images (default: ./checkpoint)")
        .option("work-path", "DIR", "directory of criu's logs (default: that of the images)")
        .option("manage-cgroups-mode", "soft|full|strict|ignore", "how cgroups come back")
        .option("empty-ns", "network", "accepted; networks are always saved empty")
        .toggle("tcp-established", "allow open TCP connections")
        .toggle("ext-unix-sk", "allow unix sockets that lead outside")
        .toggle("shell-job", "allow a terminal that is the caller's")
        .toggle("file-locks", "save and restore file locks")
        .toggle("auto-dedup", "drop from earlier images what later ones replace")
        .toggle("lazy-pages", "bring memory back on demand (userfaultfd)");
  }

  private static String name(CriuSettings.Flag flag) {
    return flag.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static CriuSettings settings(Invocation invocation) throws IOException, UsageException {
    Arguments arguments = invocation.arguments();
    for (String namespace : arguments.values("empty-ns")) {
      if (!namespace.equals("network")) {
        throw new UsageException("namespace \"" + namespace + "\" is not supported");
      }
    }
    var given = EnumSet.noneOf(CriuSettings.Flag.class);
    for (CriuSettings.Flag flag : CriuSettings.Flag.values()) {
      if (arguments.has(name(flag))) {
        given.add(flag);
      }
    }
    return new CriuSettings(
        invocation.criu(),
        absolute(arguments.value("image-path").orElse("checkpoint")),
        arguments.value("work-path").map(CriuFlags::absolute),
        given,
        mode(arguments.value("manage-cgroups-mode")));
  }

  private static Path absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize();
  }

  private static CriuSettings.CgroupMode mode(Optional<String> word) throws UsageException {
    return switch (word.orElse("")) {
      case "" -> CriuSettings.CgroupMode.DEFAULT;
      case "soft" -> CriuSettings.CgroupMode.SOFT;
      case "full" -> CriuSettings.CgroupMode.FULL;
      case "strict" -> CriuSettings.CgroupMode.STRICT;
      case "ignore" -> CriuSettings.CgroupMode.IGNORE;
      default -> throw new UsageException("invalid manage-cgroups-mode value");
    };
  }
}
