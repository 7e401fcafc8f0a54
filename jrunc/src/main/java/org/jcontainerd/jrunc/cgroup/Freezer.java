package org.jcontainerd.jrunc.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;

/**
 * Stops and continues the processes of a cgroup: freezer.state of v1 (kernel,
 * cgroup-v1/freezer-subsystem), cgroup.freeze of v2.
 *
 * @param legacy directory in the v1 freezer hierarchy
 * @param unified directory in the unified hierarchy
 */
record Freezer(Optional<Path> legacy, Optional<Path> unified) {

  void set(boolean frozen) throws IOException, RuncFailure {
    if (legacy.isPresent()) {
      setLegacy(legacy.get().resolve("freezer.state"), frozen);
    } else if (unified.isPresent()) {
      setUnified(unified.get(), frozen);
    } else {
      throw new RuncFailure.NotSupported("freezer", "no hierarchy has it on this host");
    }
  }

  private static void setLegacy(Path state, boolean frozen) throws IOException {
    String wanted = frozen ? "FROZEN" : "THAWED";
    KernelFile.write(state, wanted);
    var condition = new Deadline("freezer state '" + state + "' to become " + wanted);
    while (!KernelFile.read(state).strip().equals(wanted)) {
      if (!condition.again()) {
        // Left half frozen nothing could be done with the container, not even killing it.
        KernelFile.write(state, "THAWED");
        throw new IOException(condition.toString());
      }
      // A task that was in vfork or in ptrace keeps the state at FREEZING; another write tries
      // again.
      KernelFile.write(state, wanted);
    }
  }

  private static void setUnified(Path directory, boolean frozen) throws IOException {
    Path file = directory.resolve("cgroup.freeze");
    KernelFile.write(file, frozen ? "1" : "0");
    var condition = new Deadline("cgroup '" + directory + "' to become frozen " + frozen);
    while (frozenEvent(directory) != frozen) {
      if (!condition.again()) {
        KernelFile.write(file, "0");
        throw new IOException(condition.toString());
      }
    }
  }

  private static boolean frozenEvent(Path directory) throws LinuxException {
    return KernelFile.readIfPresent(directory.resolve("cgroup.events"))
        .map(text -> text.lines().anyMatch("frozen 1"::equals))
        .orElse(false);
  }

  boolean isFrozen() throws LinuxException {
    if (legacy.isPresent()) {
      return KernelFile.readIfPresent(legacy.get().resolve("freezer.state"))
          .map(state -> !state.strip().equals("THAWED"))
          .orElse(false);
    }
    return unified.isPresent() && frozenEvent(unified.get());
  }
}
