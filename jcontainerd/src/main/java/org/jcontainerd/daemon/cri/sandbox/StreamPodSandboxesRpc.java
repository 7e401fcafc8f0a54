package org.jcontainerd.daemon.cri.sandbox;

import java.util.function.Consumer;
import org.jcontainerd.api.cri.v1.PodSandbox;
import org.jcontainerd.api.cri.v1.StreamPodSandboxesRequest;
import org.jcontainerd.api.cri.v1.StreamPodSandboxesResponse;
import org.jcontainerd.daemon.cri.Batches;
import org.jcontainerd.daemon.cri.StreamRpc;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;

/** {@code ListPodSandbox} in parts, for nodes whose list is larger than one message. */
public record StreamPodSandboxesRpc(Registry<Sandbox> sandboxes)
    implements StreamRpc<StreamPodSandboxesRequest, StreamPodSandboxesResponse> {
  @Override
  public void call(StreamPodSandboxesRequest request, Consumer<StreamPodSandboxesResponse> out) {
    Batches.<PodSandbox>send(
        SandboxSelection.select(sandboxes, request.getFilter()).map(SandboxView::item),
        batch ->
            out.accept(StreamPodSandboxesResponse.newBuilder().addAllPodSandboxes(batch).build()));
  }
}
