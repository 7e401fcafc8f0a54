package org.jcontainerd.daemon.cri.streaming;

import java.nio.file.Path;
import org.jcontainerd.api.cri.v1.PortForwardRequest;
import org.jcontainerd.api.cri.v1.PortForwardResponse;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.PodPort;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.streaming.StreamingEndpoints;

/** Answers the URL at which a client reaches ports of a pod. */
public record PortForwardRpc(
    Registry<Sandbox> sandboxes, Layout layout, StreamingEndpoints endpoints)
    implements Rpc<PortForwardRequest, PortForwardResponse> {
  @Override
  public PortForwardResponse call(PortForwardRequest request) {
    Sandbox sandbox = sandboxes.require(request.getPodSandboxId());
    if (!sandbox.ready()) {
      throw new DaemonFailure.FailedPrecondition(
          "port forward to pod sandbox '" + sandbox.id() + "': it is not ready");
    }
    Path netns = layout.netns(sandbox.id());
    var url =
        endpoints.portForward(
            port -> sandbox.hostNetwork() ? PodPort.connect(port) : PodPort.connectIn(netns, port));
    return PortForwardResponse.newBuilder().setUrl(url.toString()).build();
  }
}
