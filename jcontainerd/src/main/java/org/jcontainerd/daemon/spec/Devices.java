package org.jcontainerd.daemon.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.oci.runtime.Device;
import org.jcontainerd.oci.runtime.DeviceRule;

/**
 * The device nodes of a container and what its cgroup allows. Immutable.
 *
 * @param nodes besides the default ones, which the OCI runtime makes
 */
record Devices(List<Device> nodes, List<DeviceRule> rules) {
  private static final int TYPE = 0170000;
  private static final int CHARACTER = 0020000;
  private static final int BLOCK = 0060000;

  // what a container has of its own, or must never see
  private static final Set<String> NOT_FROM_HOST =
      Set.of("pts", "shm", "fd", "mqueue", "console", "ptmx", ".udev", ".lxc", ".lxd-mounts");

  private static final DeviceRule DENY_ALL =
      new DeviceRule(false, "", Optional.empty(), Optional.empty(), "rwm");
  private static final DeviceRule ALLOW_ALL =
      new DeviceRule(true, "", Optional.empty(), Optional.empty(), "rwm");

  Devices {
    nodes = List.copyOf(nodes);
    rules = List.copyOf(rules);
  }

  /** Those that CRI names, or all of the host's for a privileged container. */
  static Devices of(List<org.jcontainerd.api.cri.v1.Device> wanted, boolean privileged) {
    if (privileged) {
      return new Devices(ofHost(Path.of("/dev")), List.of(ALLOW_ALL));
    }
    var nodes = new ArrayList<Device>();
    var rules = new ArrayList<DeviceRule>();
    rules.add(DENY_ALL);
    for (var each : wanted) {
      Path source = Path.of(each.getHostPath());
      for (Node node : nodes(source)) {
        // a directory stands for all devices below it
        Path name = source.relativize(node.path());
        String target =
            name.toString().isEmpty()
                ? each.getContainerPath()
                : Path.of(each.getContainerPath()).resolve(name).toString();
        nodes.add(node.device(target));
        rules.add(node.rule(permissions(each.getPermissions())));
      }
    }
    return new Devices(nodes, rules);
  }

  private static String permissions(String text) {
    if (text.isEmpty()) {
      return "rwm";
    }
    if (!text.matches("[rwm]{1,3}")) {
      throw new DaemonFailure.InvalidArgument("device permissions '" + text + "': not of r, w, m");
    }
    return text;
  }

  private static List<Device> ofHost(Path dev) {
    try (Stream<Path> entries = Files.list(dev)) {
      var found = new ArrayList<Device>();
      for (Path each : entries.sorted().toList()) {
        if (!NOT_FROM_HOST.contains(String.valueOf(each.getFileName()))) {
          nodesBelow(each).forEach(n -> found.add(n.device(n.path().toString())));
        }
      }
      return found;
    } catch (IOException e) {
      throw new DaemonFailure.OperationFailed("list devices '" + dev + "'", e);
    }
  }

  private static List<Node> nodes(Path path) {
    try {
      var found = nodesBelow(path.toRealPath());
      if (found.isEmpty()) {
        throw new DaemonFailure.InvalidArgument("device '" + path + "': is not a device");
      }
      return found;
    } catch (NoSuchFileException e) {
      throw new DaemonFailure.InvalidArgument("device '" + path + "': does not exist", e);
    } catch (IOException e) {
      throw new DaemonFailure.InvalidArgument("device '" + path + "'", e);
    }
  }

  private static List<Node> nodesBelow(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      var found = new ArrayList<Node>();
      try (Stream<Path> entries = Files.list(path)) {
        for (Path each : entries.sorted().toList()) {
          found.addAll(nodesBelow(each));
        }
      }
      return found;
    }
    return Node.at(path).stream().toList();
  }

  private record Node(Path path, String type, long rdev, int mode, int uid, int gid) {
    static Optional<Node> at(Path path) throws IOException {
      Map<String, Object> a =
          Files.readAttributes(path, "unix:mode,rdev,uid,gid", LinkOption.NOFOLLOW_LINKS);
      int mode = number(a, "mode").intValue();
      int kind = mode & TYPE;
      if (kind != CHARACTER && kind != BLOCK) {
        return Optional.empty();
      }
      return Optional.of(
          new Node(
              path,
              kind == BLOCK ? "b" : "c",
              number(a, "rdev").longValue(),
              mode & 0777,
              number(a, "uid").intValue(),
              number(a, "gid").intValue()));
    }

    private static Number number(Map<String, Object> attributes, String name) {
      if (attributes.get(name) instanceof Number value) {
        return value;
      }
      throw new IllegalStateException("attribute 'unix:" + name + "' is not a number");
    }

    /** gnu_dev_major(3): the bits of both numbers are interleaved. */
    long major() {
      return (rdev >>> 8 & 0xfff) | (rdev >>> 32 & ~0xfffL);
    }

    long minor() {
      return (rdev & 0xff) | (rdev >>> 12 & ~0xffL);
    }

    Device device(String target) {
      return Device.builder()
          .path(target)
          .type(type)
          .major(major())
          .minor(minor())
          .fileMode((long) mode)
          .uid((long) uid)
          .gid((long) gid)
          .build();
    }

    DeviceRule rule(String access) {
      return new DeviceRule(true, type, Optional.of(major()), Optional.of(minor()), access);
    }
  }
}
