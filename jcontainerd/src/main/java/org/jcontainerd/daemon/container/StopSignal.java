package org.jcontainerd.daemon.container;

import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.daemon.signal.Signals;
import org.jcontainerd.oci.image.ImageConfig;

/** The signal that asks a container to end: CRI's, else the image's, else SIGTERM. */
final class StopSignal {
  private StopSignal() {}

  static int of(ContainerConfig config, ImageConfig.Execution image) {
    // a word of the image that is no signal must not keep it from being stopped
    return Signals.number(config.getStopSignal())
        .or(() -> Signals.number(image.stopSignal()))
        .orElse(Signals.TERM);
  }
}
