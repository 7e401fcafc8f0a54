package org.jcontainerd.daemon.cri.stats;

import java.io.IOException;
import java.util.function.Consumer;
import org.jcontainerd.api.cri.v1.StreamPodSandboxStatsRequest;
import org.jcontainerd.api.cri.v1.StreamPodSandboxStatsResponse;
import org.jcontainerd.daemon.cri.Batches;
import org.jcontainerd.daemon.cri.StreamRpc;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.stats.StatsReader;

/** {@code ListPodSandboxStats} in parts. */
public record StreamPodSandboxStatsRpc(Registry<Sandbox> sandboxes, StatsReader stats)
    implements StreamRpc<StreamPodSandboxStatsRequest, StreamPodSandboxStatsResponse> {
  @Override
  public void call(
      StreamPodSandboxStatsRequest request, Consumer<StreamPodSandboxStatsResponse> out)
      throws IOException {
    Batches.send(
        StatsSelection.sandboxes(sandboxes, stats, request.getFilter()).stream(),
        batch ->
            out.accept(
                StreamPodSandboxStatsResponse.newBuilder().addAllPodSandboxStats(batch).build()));
  }
}
