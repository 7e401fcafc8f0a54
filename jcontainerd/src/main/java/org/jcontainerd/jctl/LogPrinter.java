package org.jcontainerd.jctl;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jcontainerd.api.cri.v1.ContainerState;
import org.jcontainerd.api.cri.v1.ContainerStatus;
import org.jcontainerd.api.cri.v1.ContainerStatusRequest;

/** Prints log lines, those of stderr on stderr. */
final class LogPrinter {
  private final CriConnection cri;
  private final String containerId;
  private final boolean timestamps;
  private final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);

  LogPrinter(CriConnection cri, String containerId, boolean timestamps) {
    this.cri = cri;
    this.containerId = containerId;
    this.timestamps = timestamps;
  }

  void show(LogLine line) {
    PrintStream target = line.error() ? System.err : out;
    if (timestamps) {
      target.print(line.time() + " ");
    }
    target.print(line.content());
    if (!line.partial()) {
      target.print('\n');
    }
  }

  void flush() {
    out.flush();
  }

  /** Flushes what was printed and asks whether more can come. */
  boolean ended() {
    flush();
    return status().getState() == ContainerState.CONTAINER_EXITED;
  }

  ContainerStatus status() {
    return cri.runtime()
        .containerStatus(ContainerStatusRequest.newBuilder().setContainerId(containerId).build())
        .getStatus();
  }
}
