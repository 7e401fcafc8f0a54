package org.jcontainerd.daemon.cri.stats;

import java.io.IOException;
import org.jcontainerd.api.cri.v1.PodSandboxStatsRequest;
import org.jcontainerd.api.cri.v1.PodSandboxStatsResponse;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.stats.StatsReader;

/** Statistics of one pod. */
public record PodSandboxStatsRpc(Registry<Sandbox> sandboxes, StatsReader stats)
    implements Rpc<PodSandboxStatsRequest, PodSandboxStatsResponse> {
  @Override
  public PodSandboxStatsResponse call(PodSandboxStatsRequest request) throws IOException {
    Sandbox sandbox = sandboxes.require(request.getPodSandboxId());
    return PodSandboxStatsResponse.newBuilder().setStats(stats.of(sandbox)).build();
  }
}
