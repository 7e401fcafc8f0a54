package org.jcontainerd.jrunc.cgroup;

import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.jrunc.Caller;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.DevicePrograms;
import org.jcontainerd.linux.fs.KernelFile;

/**
 * Says to the kernel which devices a cgroup may use: lines for the controller of v1, else a program
 * in the unified tree.
 *
 * @param legacy directory in the hierarchy of the v1 controller
 * @param unified directory in the unified tree
 */
record DeviceController(Optional<Path> legacy, Optional<Path> unified) {
  private static final String FIELD = "linux.resources.devices";

  /** By this name an update finds what an earlier one attached. */
  private static final String PROGRAM = "jrunc_devices";

  void set(DeviceAllowance allowance) throws LinuxException, RuncFailure {
    if (legacy.isPresent()) {
      setLegacy(legacy.get(), allowance);
    } else if (unified.isPresent()) {
      setUnified(unified.get(), allowance);
    } else if (!Caller.current().isOrdinary()) {
      throw new RuncFailure.NotSupported(
          FIELD, "neither cgroup controller 'devices' nor cgroup2 is mounted");
    }
  }

  private static void setLegacy(Path directory, DeviceAllowance allowance)
      throws LinuxException, RuncFailure.Failed {
    try {
      String list = KernelFile.read(directory.resolve("devices.list"));
      for (DeviceAllowance.Line line : allowance.since(DeviceAllowance.read(list))) {
        KernelFile.write(directory.resolve(line.file()), line.text());
      }
    } catch (LinuxException e) {
      refused(e);
    }
  }

  private static void setUnified(Path directory, DeviceAllowance allowance)
      throws LinuxException, RuncFailure.Failed {
    try {
      DevicePrograms.replace(directory, DeviceProgram.compile(allowance), PROGRAM);
    } catch (LinuxException e) {
      refused(e);
    }
  }

  /**
   * An ordinary user may set no device rules, and needs none: whoever may not make device nodes,
   * and sees only file systems that were mounted without them, reaches what the user reaches
   * anyway.
   */
  private static void refused(LinuxException e) throws LinuxException, RuncFailure.Failed {
    if (!e.is(Errno.EPERM, Errno.EACCES) || !Caller.current().isOrdinary()) {
      throw new RuncFailure.Failed("set " + FIELD, e);
    }
  }
}
