package org.jcontainerd.daemon.cri.stats;

import java.io.IOException;
import org.jcontainerd.api.cri.v1.ListContainerStatsRequest;
import org.jcontainerd.api.cri.v1.ListContainerStatsResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.stats.StatsReader;

/** Statistics of running containers. */
public record ListContainerStatsRpc(Registry<Container> containers, StatsReader stats)
    implements Rpc<ListContainerStatsRequest, ListContainerStatsResponse> {
  @Override
  public ListContainerStatsResponse call(ListContainerStatsRequest request) throws IOException {
    return ListContainerStatsResponse.newBuilder()
        .addAllStats(StatsSelection.containers(containers, stats, request.getFilter()))
        .build();
  }
}
