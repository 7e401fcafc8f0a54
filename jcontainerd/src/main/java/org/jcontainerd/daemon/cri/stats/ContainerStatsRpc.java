package org.jcontainerd.daemon.cri.stats;

import java.io.IOException;
import org.jcontainerd.api.cri.v1.ContainerStatsRequest;
import org.jcontainerd.api.cri.v1.ContainerStatsResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.stats.StatsReader;

/** Statistics of one container. */
public record ContainerStatsRpc(Registry<Container> containers, StatsReader stats)
    implements Rpc<ContainerStatsRequest, ContainerStatsResponse> {
  @Override
  public ContainerStatsResponse call(ContainerStatsRequest request) throws IOException {
    Container container = containers.require(request.getContainerId());
    return ContainerStatsResponse.newBuilder().setStats(stats.of(container)).build();
  }
}
