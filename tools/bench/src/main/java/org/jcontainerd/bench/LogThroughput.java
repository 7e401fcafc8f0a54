package org.jcontainerd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jcontainerd.api.cri.v1.ContainerState;
import org.jcontainerd.api.cri.v1.ContainerStatus;
import org.jcontainerd.api.cri.v1.ContainerStatusRequest;
import org.jcontainerd.bench.Samples.Unit;
import org.jcontainerd.testing.cri.Pods;

/**
 * One container that writes lines of 100 bytes as fast as it can, from StartContainer until its
 * exit is seen. Both runtimes show the exit only after the log is written, which is checked.
 */
record LogThroughput(String image) implements Scenario {
  private static final long BYTES = 200L << 20;
  private static final int LINE_BYTES = 100;

  @Override
  public String name() {
    return "log";
  }

  @Override
  public int rounds() {
    return 3;
  }

  @Override
  public int warmUpRounds() {
    return 1;
  }

  @Override
  public void round(Target target, Recorder recorder) throws IOException, InterruptedException {
    var pod = target.pods().pod("log").build();
    String podId = target.pods().run(pod);
    String line = "x".repeat(LINE_BYTES - 1);
    String id =
        target
            .pods()
            .create(
                podId,
                pod,
                Pods.container("main", image, "sh", "-c", "yes " + line + " | head -c " + BYTES)
                    .build());
    long began = System.nanoTime();
    target.pods().start(id);
    ContainerStatus status = awaitExit(target, id);
    long ended = System.nanoTime();
    long logged = lines(Path.of(status.getLogPath()));
    if (logged < BYTES / LINE_BYTES) {
      throw new IllegalStateException(
          target.name() + ": " + logged + " lines in the log of " + BYTES / LINE_BYTES);
    }
    target.pods().stop(podId);
    target.pods().remove(podId);
    Files.delete(Path.of(status.getLogPath()));
    recorder.add(
        "log of 100-byte lines", Unit.MIB_PER_SECOND, (BYTES >> 20) / ((ended - began) / 1e9));
  }

  private static long lines(Path log) throws IOException {
    long lines = 0;
    byte[] buffer = new byte[1 << 16];
    try (var in = Files.newInputStream(log)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        for (int i = 0; i < n; i++) {
          lines += buffer[i] == '\n' ? 1 : 0;
        }
      }
    }
    return lines;
  }

  private static ContainerStatus awaitExit(Target target, String id) throws InterruptedException {
    var request = ContainerStatusRequest.newBuilder().setContainerId(id).build();
    while (true) {
      var status = target.cri().runtime().containerStatus(request).getStatus();
      if (status.getState() == ContainerState.CONTAINER_EXITED) {
        return status;
      }
      Thread.sleep(5);
    }
  }
}
