package org.jcontainerd.daemon.cri.streaming;

import org.jcontainerd.api.cri.v1.AttachRequest;
import org.jcontainerd.api.cri.v1.AttachResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.ShimStreams;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.streaming.StreamSet;
import org.jcontainerd.daemon.streaming.StreamingEndpoints;

/** Answers the URL at which a client is connected to a container's own process. */
public record AttachRpc(
    Registry<Container> containers, ShimStreams streams, StreamingEndpoints endpoints)
    implements Rpc<AttachRequest, AttachResponse> {
  @Override
  public AttachResponse call(AttachRequest request) {
    Container container = containers.require(request.getContainerId());
    StreamSet set =
        StreamSets.of(
            request.getStdin(), request.getStdout(), request.getStderr(), request.getTty());
    if (container.running().isEmpty()) {
      throw new DaemonFailure.FailedPrecondition(
          "attach to container '" + container.id() + "': it is not running");
    }
    if (request.getStdin() && !container.config().getStdin()) {
      throw new DaemonFailure.FailedPrecondition(
          "attach to container '" + container.id() + "': it was made without stdin");
    }
    var url = endpoints.attach(set, () -> streams.attach(container.id(), set));
    return AttachResponse.newBuilder().setUrl(url.toString()).build();
  }
}
