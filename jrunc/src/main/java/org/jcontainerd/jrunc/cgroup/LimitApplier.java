package org.jcontainerd.jrunc.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.CgroupHierarchy;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.oci.runtime.Device;
import org.jcontainerd.oci.runtime.DeviceRule;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Resources;

/** Writes limits into a container's directories. */
record LimitApplier(CgroupLayout layout, Map<String, Path> directories) {

  void apply(Resources resources, List<Device> devices, boolean fresh)
      throws IOException, RuncFailure {
    boolean unified = layout.mode() == CgroupLayout.Mode.UNIFIED;
    // Without a rule that denies, a new cgroup allows what its parent does, and rules add nothing.
    if (resources.devices().stream().anyMatch(rule -> !rule.allow())
        || !fresh && !resources.devices().isEmpty()) {
      devices(DeviceRules.all(resources.devices(), devices), unified);
    }
    if (!fresh) {
      checkUsage(resources.memory(), unified);
    }
    boolean hugetlbUnified = layout.of("hugetlb").filter(CgroupHierarchy::unified).isPresent();
    var writes = new ArrayList<LimitWrite>();
    if (unified) {
      writes.addAll(UnifiedLimits.of(resources));
    } else if (hugetlbUnified) {
      writes.addAll(UnifiedLimits.ofHybrid(resources));
      writes.addAll(LegacyLimits.of(resources.toBuilder().hugepageLimits(List.of()).build()));
    } else {
      writes.addAll(LegacyLimits.of(resources));
    }
    writeAll(writes);
  }

  /** Writes in order; those that depend on others get a second turn at the end. */
  private void writeAll(List<LimitWrite> writes) throws IOException, RuncFailure {
    var again = new ArrayList<LimitWrite>();
    for (LimitWrite write : writes) {
      if (!write(write, write.refusal() == LimitWrite.Refusal.RETRY)) {
        again.add(write);
      }
    }
    for (LimitWrite write : again) {
      var _ = write(write, false);
    }
  }

  private boolean write(LimitWrite write, boolean mayRetry) throws RuncFailure {
    Path file = directory(write).resolve(write.file());
    try {
      KernelFile.write(file, write.value());
      return true;
    } catch (LinuxException e) {
      // EINVAL: out of proportion to its partner file; EBUSY: memory above memory and swap, or
      // usage.
      if (mayRetry && e.is(Errno.EINVAL, Errno.EBUSY)) {
        return false;
      }
      if (write.refusal() == LimitWrite.Refusal.MISSING_IS_FINE && e.is(Errno.ENOENT)) {
        return true;
      }
      throw new RuncFailure.Failed("set " + write.field(), e);
    }
  }

  private Path directory(LimitWrite write) throws RuncFailure.NotSupported {
    Optional<CgroupHierarchy> hierarchy =
        write.controller().isEmpty()
            ? layout.unified()
            : layout.of(write.controller()).filter(h -> !h.unified());
    Optional<Path> directory = hierarchy.map(h -> directories.get(h.mountPoint().toString()));
    return directory.orElseThrow(() ->
        new RuncFailure.NotSupported(
            write.field(), "cgroup controller '" + write.controller() + "' is not mounted"));
  }

  private void devices(List<DeviceRule> rules, boolean unified) throws RuncFailure {
    Optional<Path> directory =
        layout
            .of("devices")
            .filter(h -> !h.unified())
            .map(h -> directories.get(h.mountPoint().toString()));
    if (directory.isPresent()) {
      legacyDevices(directory.get(), rules);
    } else if (unified) {
      throw new RuncFailure.NotSupported(
          "linux.resources.devices", "device rules on cgroup v2 are not in yet");
    } else {
      throw new RuncFailure.NotSupported(
          "linux.resources.devices", "cgroup controller 'devices' is not mounted");
    }
  }

  private static void legacyDevices(Path directory, List<DeviceRule> rules)
      throws RuncFailure.Failed {
    for (DeviceRule rule : rules) {
      Path file = directory.resolve(rule.allow() ? "devices.allow" : "devices.deny");
      try {
        KernelFile.write(file, DeviceRules.line(rule));
      } catch (LinuxException e) {
        throw new RuncFailure.Failed("set linux.resources.devices", e);
      }
    }
  }

  private void checkUsage(Optional<Memory> memory, boolean unified)
      throws LinuxException, RuncFailure {
    if (memory.isEmpty() || !memory.get().checkBeforeUpdate().orElse(false)) {
      return;
    }
    long limit = memory.get().limit().orElse(0L);
    var probe =
        LimitWrite.of(
            unified ? "" : "memory",
            unified ? "memory.current" : "memory.usage_in_bytes",
            0,
            "linux.resources.memory.limit");
    long usage = Long.parseLong(KernelFile.read(directory(probe).resolve(probe.file())).strip());
    if (limit > 0 && limit < usage) {
      throw new RuncFailure.FailedPrecondition(
          "rejecting memory limit %d because of current usage %d".formatted(limit, usage));
    }
  }
}
