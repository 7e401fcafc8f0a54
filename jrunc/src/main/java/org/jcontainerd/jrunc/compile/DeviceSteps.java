package org.jcontainerd.jrunc.compile;

import java.util.ArrayList;
import java.util.HashMap;
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

  /** Of the 32 bits that mknod(2) takes, 12 are the major number and 20 the minor. */
  private static final long HIGHEST_MAJOR = (1 << 12) - 1;

  private static final long HIGHEST_MINOR = (1 << 20) - 1;

  /** Where nodes come from. */
  enum Origin {
    /** They are made. */
    MADE,
    /** The host's, opened by the helper: a user namespace cannot make nodes. */
    OPENED,
    /** The host's, bound by the process: the helper is not allowed to open mounts either. */
    BOUND
  }

  private final StepList steps;
  private final List<Device> devices;
  private final Origin origin;
  private final Map<Device, Slot> trees = new HashMap<>();

  DeviceSteps(StepList steps, List<Device> listed, Origin origin) {
    this.steps = steps;
    this.origin = origin;
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
    if (origin == Origin.OPENED) {
      for (Device device : devices) {
        Slot tree = steps.makes("node " + device.path());
        steps.add(
            new ParentStep.OpenTree(
                device.path(), false, Set.of(), Set.of(), Optional.empty(), tree));
        trees.put(device, tree);
      }
    }
  }

  /** Adds nodes and links. */
  void makeAll(boolean kcore) throws RuncFailure.InvalidArgument {
    for (Device device : devices) {
      if (origin == Origin.MADE) {
        make(device);
      } else {
        steps.add(RootStep.Bind.of(source(device), path(device), false));
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

  private RootStep.Source source(Device device) {
    Slot tree = trees.get(device);
    return tree == null
        ? new RootStep.Source.HostPath(device.path())
        : new RootStep.Source.Tree(tree);
  }

  private static String path(Device device) throws RuncFailure.InvalidArgument {
    if (!device.path().startsWith("/")) {
      throw new RuncFailure.InvalidArgument(
          "linux.devices['" + device.path() + "'].path", "is not absolute");
    }
    return ContainerDirectory.clean(device.path());
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
    if (kind != RootStep.Mknod.Kind.FIFO) {
      number(field + ".major", device.major(), HIGHEST_MAJOR);
      number(field + ".minor", device.minor(), HIGHEST_MINOR);
    }
    steps.add(
        new RootStep.Mknod(
            path(device),
            kind,
            (int) (device.fileMode().orElse((long) DEFAULT_MODE) & 07777),
            (int) device.major(),
            (int) device.minor(),
            device.uid().orElse(0L).intValue(),
            device.gid().orElse(0L).intValue()));
  }

  /** A number that is cut to fit would be another device's. */
  private static void number(String field, long number, long highest)
      throws RuncFailure.InvalidArgument {
    if (number < 0 || number > highest) {
      throw new RuncFailure.InvalidArgument(field, number + " is not in 0 to " + highest);
    }
  }
}
