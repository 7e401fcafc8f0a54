package org.jcontainerd.daemon.cri.container;

import java.util.function.Consumer;
import org.jcontainerd.api.cri.v1.StreamContainersRequest;
import org.jcontainerd.api.cri.v1.StreamContainersResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.cri.Batches;
import org.jcontainerd.daemon.cri.StreamRpc;
import org.jcontainerd.daemon.record.Registry;

/** {@code ListContainers} in parts, for nodes whose list is larger than one message. */
public record StreamContainersRpc(Registry<Container> containers)
    implements StreamRpc<StreamContainersRequest, StreamContainersResponse> {
  @Override
  public void call(StreamContainersRequest request, Consumer<StreamContainersResponse> out) {
    Batches.send(
        ContainerSelection.select(containers, request.getFilter()).map(ContainerView::item),
        batch -> out.accept(StreamContainersResponse.newBuilder().addAllContainers(batch).build()));
  }
}
