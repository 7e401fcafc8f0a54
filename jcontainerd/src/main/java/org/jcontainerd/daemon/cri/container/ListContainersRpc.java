package org.jcontainerd.daemon.cri.container;

import org.jcontainerd.api.cri.v1.ListContainersRequest;
import org.jcontainerd.api.cri.v1.ListContainersResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;

/** Every relist of kubelet, once a second: answered from memory alone. */
public record ListContainersRpc(Registry<Container> containers)
    implements Rpc<ListContainersRequest, ListContainersResponse> {
  @Override
  public ListContainersResponse call(ListContainersRequest request) {
    var response = ListContainersResponse.newBuilder();
    ContainerSelection.select(containers, request.getFilter())
        .map(ContainerView::item)
        .forEach(response::addContainers);
    return response.build();
  }
}
