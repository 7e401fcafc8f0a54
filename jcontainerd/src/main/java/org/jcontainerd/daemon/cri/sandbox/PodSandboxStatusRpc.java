package org.jcontainerd.daemon.cri.sandbox;

import java.time.Clock;
import org.jcontainerd.api.cri.v1.PodSandboxStatusRequest;
import org.jcontainerd.api.cri.v1.PodSandboxStatusResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.cri.Times;
import org.jcontainerd.daemon.cri.container.ContainerView;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.trace.Timelines;

/** The pod with its containers; the verbose form adds the timeline of its start. */
public record PodSandboxStatusRpc(
    Registry<Sandbox> sandboxes, Registry<Container> containers, Timelines timelines, Clock clock)
    implements Rpc<PodSandboxStatusRequest, PodSandboxStatusResponse> {
  @Override
  public PodSandboxStatusResponse call(PodSandboxStatusRequest request) {
    Sandbox sandbox = sandboxes.require(request.getPodSandboxId());
    var response =
        PodSandboxStatusResponse.newBuilder()
            .setTimestamp(Times.unixNanos(clock.instant()))
            .setStatus(SandboxView.status(sandbox));
    for (Container each : containers.all()) {
      if (each.sandboxId().equals(sandbox.id())) {
        response.addContainersStatuses(ContainerView.status(each));
      }
    }
    if (request.getVerbose()) {
      response.putInfo("timeline", timelines.json(sandbox.id()));
      response.putInfo("state", "\"" + sandbox.state() + "\"");
    }
    return response.build();
  }
}
