package org.jcontainerd.jrunc.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.CgroupHierarchy;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.oci.runtime.Memory;
import org.jcontainerd.oci.runtime.Resources;

/** Writes limits into a container's directories. */
record LimitApplier(CgroupLayout layout, Map<String, Path> directories, Consumer<String> warnings) {

  void apply(Resources resources, boolean fresh) throws IOException, RuncFailure {
    LimitValues.ignored(resources).forEach(warnings);
    boolean unified = layout.mode() == CgroupLayout.Mode.UNIFIED;
    if (fresh || !resources.devices().isEmpty()) {
      new DeviceController(directoryOf("devices"), unifiedDirectory())
          .set(DeviceRules.allowance(resources.devices()));
    }
    if (!fresh) {
      checkUsage(resources.memory(), unified);
    }
    boolean hugetlbUnified = layout.of("hugetlb").filter(CgroupHierarchy::unified).isPresent();
    var writes = new ArrayList<LimitWrite>();
    if (unified) {
      writes.addAll(UnifiedLimits.of(resources, this::has));
    } else if (hugetlbUnified) {
      writes.addAll(UnifiedLimits.ofHybrid(resources));
      Resources others = resources.toBuilder().hugepageLimits(List.of()).build();
      writes.addAll(LegacyLimits.of(others, this::has));
    } else {
      writes.addAll(LegacyLimits.of(resources, this::has));
    }
    writeAll(writes);
  }

  /** Writes in order; those that depend on others get a second turn at the end. */
  private void writeAll(List<LimitWrite> writes) throws IOException, RuncFailure {
    var again = new ArrayList<LimitWrite>();
    for (LimitWrite write : writes) {
      if (!write(write, write.tolerates(LimitWrite.Refusal.RETRY))) {
        again.add(write);
      }
    }
    for (LimitWrite write : again) {
      var _ = write(write, false);
    }
  }

  private boolean write(LimitWrite write, boolean mayRetry) throws RuncFailure {
    if (write.file().contains("/")) { // a page size that leads elsewhere
      throw new RuncFailure.InvalidArgument(
          write.field(), "'" + write.file() + "' is no file name");
    }
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
      if (e.is(Errno.ENOENT)) {
        if (write.tolerates(LimitWrite.Refusal.MISSING_IS_FINE)) {
          return true;
        }
        checkController(write);
      }
      throw new RuncFailure.Failed("set " + write.field(), e);
    }
  }

  /** In the unified tree a file is missing if its controller is not handed down. */
  private void checkController(LimitWrite write) throws RuncFailure.NotSupported {
    String controller = write.file().substring(0, write.file().indexOf('.'));
    if (write.controller().isEmpty() && !controller.equals("cgroup")) {
      Path directory = directory(write);
      String offered = "";
      try {
        offered = KernelFile.read(directory.resolve("cgroup.controllers"));
      } catch (LinuxException e) {
        throw new RuncFailure.NotSupported(write.field(), String.valueOf(e.getMessage()));
      }
      if (!List.of(offered.strip().split(" ")).contains(controller)) {
        throw new RuncFailure.NotSupported(
            write.field(),
            "cgroup controller '%s' is not available in '%s'; enable it in cgroup.subtree_control of the directories above"
                .formatted(controller, directory));
      }
    }
  }

  private boolean has(String controller, String file) {
    Optional<Path> directory = controller.isEmpty() ? unifiedDirectory() : directoryOf(controller);
    return directory.isPresent() && Files.exists(directory.get().resolve(file));
  }

  private Path directory(LimitWrite write) throws RuncFailure.NotSupported {
    Optional<Path> directory =
        write.controller().isEmpty() ? unifiedDirectory() : directoryOf(write.controller());
    return directory.orElseThrow(() ->
        new RuncFailure.NotSupported(
            write.field(), "cgroup controller '" + write.controller() + "' is not mounted"));
  }

  private Optional<Path> unifiedDirectory() {
    return layout.unified().map(h -> directories.get(h.mountPoint().toString()));
  }

  /** Of a controller of v1. */
  private Optional<Path> directoryOf(String controller) {
    return layout
        .of(controller)
        .filter(h -> !h.unified())
        .map(h -> directories.get(h.mountPoint().toString()));
  }

  /** config-linux.md, "Memory": as v1 refuses a limit below what is used, v2 does if asked. */
  private void checkUsage(Optional<Memory> memory, boolean unified)
      throws LinuxException, RuncFailure {
    if (memory.isEmpty() || !memory.get().checkBeforeUpdate().orElse(false)) {
      return;
    }
    checkUsage(
        memory.get().limit().orElse(0L),
        unified ? "memory.current" : "memory.usage_in_bytes",
        "limit",
        unified);
    // Memory and swap are together at least what memory is.
    checkUsage(
        memory.get().swap().orElse(0L),
        unified ? "memory.current" : "memory.memsw.usage_in_bytes",
        "swap",
        unified);
  }

  private void checkUsage(long limit, String file, String field, boolean unified)
      throws LinuxException, RuncFailure {
    if (limit <= 0) {
      return;
    }
    var probe = LimitWrite.of(unified ? "" : "memory", file, 0, "linux.resources.memory." + field);
    Optional<String> usage = KernelFile.readIfPresent(directory(probe).resolve(file));
    if (usage.isPresent() && limit < Long.parseLong(usage.get().strip())) {
      throw new RuncFailure.FailedPrecondition(
          "rejecting memory %s %d because of current usage %s"
              .formatted(field, limit, usage.get().strip()));
    }
  }
}
