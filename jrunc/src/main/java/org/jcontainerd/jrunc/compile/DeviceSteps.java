package org.jcontainerd.jrunc.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.jrunc.plan.Slot;
import org.jcontainerd.oci.runtime.Device;

/** Device nodes and links of /dev (config-linux.md, "Default Devices", "Devices"). */
final class DeviceSteps {
  private static final List<Device> DEFAULTS =
      List.of(
          character("/dev/null", 1, 3),
          character("/dev/random", 1, 8),
          character("/dev/full", 1, 7),
          character("/dev/tty", 5, 0),
          character("/dev/zero", 1, 5),
          character("/dev/urandom", 1, 9));
  private static final int DEFAULT_MODE = 0666;

  /** A node that is bound from the host because a user namespace cannot make nodes. */
  private record Bound(String path, Slot tree) {}

  private final StepList steps;
  private final List<Device> devices;
  private final boolean bound;
  private final List<Bound> trees = new ArrayList<>();

  DeviceSteps(StepList steps, List<Device> listed, boolean userNamespace) {
    this.steps = steps;
    this.bound = userNamespace;
    this.devices = new ArrayList<>();
    for (Device standard : DEFAULTS) {
      if (listed.stream().noneMatch(device -> device.path().equals(standard.path()))) {
        devices.add(standard);
      }
    }
    devices.addAll(listed);
  }

  private static Device character(String path, long major, long minor) {
    return new Device(
        path,
        "c",
        major,
        minor,
        Optional.of((long) DEFAULT_MODE),
        Optional.of(0L),
        Optional.of(0L));
  }

  /** Opens the host's nodes if they are to be bound. Goes before the clone. */
  void openSources() {
    if (bound) {
      for (Device device : devices) {
        Slot tree = steps.makes("node " + device.path());
        steps.add(
            new ParentStep.OpenTree(
                device.path(), false, Set.of(), Set.of(), Optional.empty(), tree));
        trees.add(new Bound(device.path(), tree));
      }
    }
  }

  /** Adds nodes and links. */
  void makeAll(boolean kcore) throws RuncFailure.InvalidArgument {
    for (Bound node : trees) {
      steps.add(RootStep.Bind.of(new RootStep.Source.Tree(node.tree()), node.path(), false));
    }
    if (!bound) {
      for (int i = 0; i < devices.size(); i++) {
        make(devices.get(i));
      }
    }
    steps.add(new RootStep.Symlink("pts/ptmx", "/dev/ptmx"));
    Map<String, String> links =
        Map.of(
            "/dev/fd", "/proc/self/fd",
            "/dev/stdin", "/proc/self/fd/0",
            "/dev/stdout", "/proc/self/fd/1",
            "/dev/stderr", "/proc/self/fd/2");
    links.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(link -> steps.add(new RootStep.Symlink(link.getValue(), link.getKey())));
    if (kcore) {
      steps.add(new RootStep.Symlink("/proc/kcore", "/dev/core"));
    }
  }

  private void make(Device device) throws RuncFailure.InvalidArgument {
    String field = "linux.devices['" + device.path() + "']";
    RootStep.Mknod.Kind kind =
        switch (device.type()) {
          case "c", "u" -> RootStep.Mknod.Kind.CHARACTER;
          case "b" -> RootStep.Mknod.Kind.BLOCK;
          case "p" -> RootStep.Mknod.Kind.FIFO;
          default ->
              throw new RuncFailure.InvalidArgument(
                  field + ".type", "unknown kind of device '" + device.type() + "'");
        };
    if (!device.path().startsWith("/")) {
      throw new RuncFailure.InvalidArgument(field + ".path", "is not absolute");
    }
    steps.add(
        new RootStep.Mknod(
            ContainerDirectory.clean(device.path()),
            kind,
            (int) (device.fileMode().orElse((long) DEFAULT_MODE) & 07777),
            (int) device.major(),
            (int) device.minor(),
            device.uid().orElse(0L).intValue(),
            device.gid().orElse(0L).intValue()));
  }
}
