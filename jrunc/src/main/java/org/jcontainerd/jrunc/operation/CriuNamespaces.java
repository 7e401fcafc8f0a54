package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.checkpoint.CriuOption;
import org.jcontainerd.jrunc.checkpoint.CriuOptions;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.Spec;

/**
 * How criu is told of namespaces that a container joined by path: they are not saved, and at
 * restore there are others in their place. Keys are runc's, so that either restores what the other
 * saved.
 */
final class CriuNamespaces {
  /** criu(8), "--external net[inode]:key" and "--inherit-fd": the kinds it knows that way. */
  private static final Map<String, String> KEYS =
      Map.of("net", "extRootNetNS", "pid", "extRootPidNS");

  private static final String CONFIG_ANNOTATION = "org.criu.config";
  private static final String DEFAULT_CONFIG = "/etc/criu/runc.conf";

  private CriuNamespaces() {}

  /** criu's own settings: of the container's annotation, else of the host's file if it is there. */
  static void config(Spec spec, CriuOptions options) {
    String file = spec.annotations().getOrDefault(CONFIG_ANNOTATION, DEFAULT_CONFIG);
    if (!file.isEmpty()) {
      options.text(CriuOption.CONFIG_FILE, file);
    }
  }

  /** For a dump: what is outside. */
  static void outside(Spec spec, CriuOptions options) throws IOException {
    for (Namespace namespace : joined(spec)) {
      String kind = kind(namespace);
      if (KEYS.containsKey(kind)) {
        Object inode = Files.getAttribute(Path.of(namespace.path()), "unix:ino");
        options.text(CriuOption.EXTERNAL, "%s[%s]:%s".formatted(kind, inode, KEYS.get(kind)));
      }
    }
  }

  /**
   * For a restore: what to join.
   *
   * @param next criu's number of the first descriptor that is added here
   * @return descriptors for criu, the first with the number {@code next}; owned by the caller
   */
  static List<Fd> inside(Spec spec, CriuOptions options, int next) throws IOException, RuncFailure {
    var opened = new ArrayList<Fd>();
    try {
      for (Namespace namespace : joined(spec)) {
        String kind = kind(namespace);
        if (KEYS.containsKey(kind)) {
          options.pair(CriuOption.INHERIT_FD, KEYS.get(kind), next + opened.size());
          opened.add(HostFile.reading(Path.of(namespace.path())));
        } else if (kind.equals("cgroup") || kind.equals("time")) {
          throw new RuncFailure.NotSupported(
              "linux.namespaces", "criu cannot restore into an existing " + kind + " namespace");
        } else {
          options.pair(CriuOption.JOIN_NS, kind, namespace.path());
        }
      }
      return opened;
    } catch (IOException | RuncFailure e) {
      opened.forEach(Fd::close);
      throw e;
    }
  }

  private static List<Namespace> joined(Spec spec) {
    Linux linux = spec.linux().orElseGet(() -> Linux.builder().build());
    return linux.namespaces().stream().filter(each -> !each.path().isEmpty()).toList();
  }

  /** The kernel's word for it, as in {@code /proc/PID/ns}. */
  private static String kind(Namespace namespace) {
    return switch (namespace.type()) {
      case "network" -> "net";
      case "mount" -> "mnt";
      default -> namespace.type();
    };
  }
}
