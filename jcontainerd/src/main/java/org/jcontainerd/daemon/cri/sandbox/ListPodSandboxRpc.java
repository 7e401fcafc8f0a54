package org.jcontainerd.daemon.cri.sandbox;

import org.jcontainerd.api.cri.v1.ListPodSandboxRequest;
import org.jcontainerd.api.cri.v1.ListPodSandboxResponse;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.Sandbox;

/** Every relist of kubelet, once a second: answered from memory alone. */
public record ListPodSandboxRpc(Registry<Sandbox> sandboxes)
    implements Rpc<ListPodSandboxRequest, ListPodSandboxResponse> {
  @Override
  public ListPodSandboxResponse call(ListPodSandboxRequest request) {
    var response = ListPodSandboxResponse.newBuilder();
    SandboxSelection.select(sandboxes, request.getFilter())
        .map(SandboxView::item)
        .forEach(response::addItems);
    return response.build();
  }
}
