package org.jcontainerd.jrunc.systemd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.cgroup.CgroupDriver;
import org.jcontainerd.jrunc.cgroup.CgroupPlacement;
import org.jcontainerd.jrunc.cgroup.ContainerCgroup;
import org.jcontainerd.jrunc.cgroup.DeviceRules;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.Spawn;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Spec;

/**
 * Cgroups as transient units: a scope, or a slice if the configuration names one. The unit is
 * delegated, so that what is below it, and the files that systemd does not know, are ours.
 *
 * @param user whether the caller's own systemd is asked, not the system's
 * @param environment of the runtime, which may name the buses
 */
public record SystemdDriver(CgroupLayout layout, boolean user, Map<String, String> environment)
    implements CgroupDriver {
  public static final String NAME = "systemd";

  private static final Path SHELL = Path.of("/bin/sh");

  @Override
  public String name() {
    return NAME;
  }

  private boolean unified() {
    return layout.mode() == CgroupLayout.Mode.UNIFIED;
  }

  private SystemdBus bus() throws IOException, RuncFailure.FailedPrecondition {
    return SystemdBus.open(user ? BusAddress.user(environment) : BusAddress.system(environment));
  }

  private static Linux linux(Spec spec) {
    return spec.linux().orElseGet(() -> Linux.builder().build());
  }

  private Unit unit(Spec spec, String id) throws RuncFailure.InvalidArgument {
    return Unit.of(linux(spec).cgroupsPath(), id, user ? "user.slice" : "system.slice");
  }

  @Override
  public ContainerCgroup place(Spec spec, String id) throws IOException, RuncFailure {
    if (user && !unified()) {
      throw new RuncFailure.NotSupported(
          "--systemd-cgroup", "an ordinary user's systemd has no cgroups of v1 to give");
    }
    String start = "";
    if (user) {
      try (SystemdBus bus = bus()) {
        start = bus.controlGroup();
      }
    }
    Path cgroup = Path.of(start + unit(spec, id).cgroup());
    return new ContainerCgroup(layout, CgroupPlacement.everywhere(layout, cgroup));
  }

  /** A scope starts with a process in it: one that waits until the container's is there. */
  @Override
  public Opening make(ContainerCgroup cgroup, Spec spec, String id)
      throws IOException, RuncFailure {
    Unit unit = unit(spec, id);
    List<Property> properties = properties(unit, spec, id);
    Opening opening = () -> {};
    try {
      if (!unit.isSlice()) {
        Waiting waiting = Waiting.start();
        opening = waiting;
        properties.add(new Property("PIDs", "au", List.of((long) waiting.process().pid())));
      }
      try (SystemdBus bus = bus()) {
        bus.start(unit.name(), properties);
      }
      cgroup.create(); // in hierarchies of v1 that systemd leaves alone
      return opening;
    } catch (IOException | RuncFailure | RuntimeException e) {
      opening.close();
      throw e;
    }
  }

  /** A process that reads from a pipe: it ends with its writer, even if that is killed. */
  private record Waiting(PidFd process, Pipe pipe) implements Opening {
    static Waiting start() throws IOException {
      Pipe pipe = Pipe.create();
      try {
        PidFd process =
            Spawn.program(SHELL)
                .arguments(List.of("sh", "-c", "read line"))
                .descriptor(0, pipe.readEnd())
                .start();
        return new Waiting(process, pipe);
      } catch (IOException e) {
        pipe.close();
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      if (process.fd().isOpen()) {
        pipe.close();
        var _ = process.waitFor();
        process.close();
      }
    }
  }

  /**
   * An ordinary user's processes are moved by the user's manager, or by the system's for it, where
   * the way from the runtime's own cgroup leads through one that is not the user's: a session's.
   */
  @Override
  public void admit(ContainerCgroup cgroup, ContainerCgroup entered, int pid) throws IOException {
    if (user && !entered.isOpenTo(pid)) {
      try (SystemdBus bus = bus()) {
        bus.attach(unitOf(cgroup), entered.below(cgroup), pid);
      } catch (RuncFailure.FailedPrecondition e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  private List<Property> properties(Unit unit, Spec spec, String id) throws RuncFailure {
    Resources resources = linux(spec).resources().orElseGet(() -> Resources.builder().build());
    var properties = new ArrayList<Property>();
    properties.add(Property.of("Description", "jrunc container " + id));
    if (unit.isSlice()) {
      properties.add(Property.strings("Wants", List.of(unit.slice())));
    } else {
      properties.add(Property.of("Slice", unit.slice()));
      properties.add(Property.of("Delegate", true));
    }
    for (String part : List.of("Memory", "CPU", unified() ? "IO" : "BlockIO", "Tasks")) {
      properties.add(Property.of(part + "Accounting", true));
    }
    properties.add(Property.of("DefaultDependencies", false));
    properties.addAll(PropertyText.of(spec.annotations()));
    properties.addAll(UnitProperties.devices(DeviceRules.allowance(resources.devices())));
    properties.addAll(UnitProperties.limits(resources, unified()));
    return properties;
  }

  @Override
  public void update(ContainerCgroup cgroup, Resources resources) throws IOException, RuncFailure {
    List<Property> properties = new ArrayList<>(UnitProperties.limits(resources, unified()));
    if (!resources.devices().isEmpty()) {
      properties.addAll(UnitProperties.devices(DeviceRules.allowance(resources.devices())));
    }
    if (!properties.isEmpty() && !cgroup.directories().isEmpty()) {
      try (SystemdBus bus = bus()) {
        bus.set(unitOf(cgroup), properties);
      }
    }
  }

  @Override
  public void remove(ContainerCgroup cgroup) throws IOException {
    if (cgroup.directories().isEmpty()) {
      return; // of a caller who may make none
    }
    try (SystemdBus bus = bus()) {
      bus.stop(unitOf(cgroup));
    } catch (RuncFailure.FailedPrecondition e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** A unit is called as its directory. */
  private static String unitOf(ContainerCgroup cgroup) {
    return String.valueOf(cgroup.directories().values().iterator().next().getFileName());
  }
}
