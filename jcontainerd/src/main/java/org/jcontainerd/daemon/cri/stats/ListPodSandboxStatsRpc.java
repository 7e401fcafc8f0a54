package org.jcontainerd.daemon.cri.stats;

import java.io.IOException;
import org.jcontainerd.api.cri.v1.ListPodSandboxStatsRequest;
import org.jcontainerd.api.cri.v1.ListPodSandboxStatsResponse;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.stats.StatsReader;

/** Statistics of pods that are ready. */
public record ListPodSandboxStatsRpc(Registry<Sandbox> sandboxes, StatsReader stats)
    implements Rpc<ListPodSandboxStatsRequest, ListPodSandboxStatsResponse> {
  @Override
  public ListPodSandboxStatsResponse call(ListPodSandboxStatsRequest request) throws IOException {
    return ListPodSandboxStatsResponse.newBuilder()
        .addAllStats(StatsSelection.sandboxes(sandboxes, stats, request.getFilter()))
        .build();
  }
}
