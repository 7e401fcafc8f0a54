package org.jcontainerd.daemon.cri.container;

import org.jcontainerd.api.cri.v1.ReopenContainerLogRequest;
import org.jcontainerd.api.cri.v1.ReopenContainerLogResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.shim.Shim;

/** The log was renamed: the shim opens its path anew. On an error no new file is there. */
public record ReopenContainerLogRpc(Registry<Container> containers, Shim shim)
    implements Rpc<ReopenContainerLogRequest, ReopenContainerLogResponse> {
  @Override
  public ReopenContainerLogResponse call(ReopenContainerLogRequest request) throws Exception {
    Container container = containers.require(request.getContainerId());
    if (container.running().isEmpty()) {
      throw new DaemonFailure.FailedPrecondition(
          "reopen log of container '" + container.id() + "': it is not running");
    }
    shim.reopenLog(container.id());
    return ReopenContainerLogResponse.getDefaultInstance();
  }
}
