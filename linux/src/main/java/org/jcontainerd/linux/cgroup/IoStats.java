package org.jcontainerd.linux.cgroup;

import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.fs.DeviceNumber;

/** Block devices used by a cgroup and everything below it, since it was made. */
public record IoStats(List<Device> devices, Optional<Pressure> pressure) {
  /** What was read from and written to one device. */
  public record Device(
      DeviceNumber device, long readBytes, long writtenBytes, long reads, long writes) {}

  public IoStats {
    devices = List.copyOf(devices);
  }
}
