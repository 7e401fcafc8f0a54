package org.jcontainerd.daemon.cri.stats;

import java.io.IOException;
import java.util.function.Consumer;
import org.jcontainerd.api.cri.v1.StreamContainerStatsRequest;
import org.jcontainerd.api.cri.v1.StreamContainerStatsResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.cri.Batches;
import org.jcontainerd.daemon.cri.StreamRpc;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.stats.StatsReader;

/** {@code ListContainerStats} in parts. */
public record StreamContainerStatsRpc(Registry<Container> containers, StatsReader stats)
    implements StreamRpc<StreamContainerStatsRequest, StreamContainerStatsResponse> {
  @Override
  public void call(StreamContainerStatsRequest request, Consumer<StreamContainerStatsResponse> out)
      throws IOException {
    Batches.send(
        StatsSelection.containers(containers, stats, request.getFilter()).stream(),
        batch ->
            out.accept(
                StreamContainerStatsResponse.newBuilder().addAllContainerStats(batch).build()));
  }
}
