package org.jcontainerd.daemon.cri.streaming;

import org.jcontainerd.api.cri.v1.ExecRequest;
import org.jcontainerd.api.cri.v1.ExecResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.ExecProcess;
import org.jcontainerd.daemon.container.ShimStreams;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.streaming.StreamSet;
import org.jcontainerd.daemon.streaming.StreamingEndpoints;

/** Answers the URL at which a command will run in a container, connected to its client. */
public record ExecRpc(
    Registry<Container> containers,
    ExecProcess process,
    ShimStreams streams,
    StreamingEndpoints endpoints)
    implements Rpc<ExecRequest, ExecResponse> {
  @Override
  public ExecResponse call(ExecRequest request) throws Exception {
    Container container = containers.require(request.getContainerId());
    StreamSet set =
        StreamSets.of(
            request.getStdin(), request.getStdout(), request.getStderr(), request.getTty());
    var spec = process.of(container, request.getCmdList(), request.getTty());
    var url = endpoints.exec(set, () -> streams.exec(container.id(), spec, set));
    return ExecResponse.newBuilder().setUrl(url.toString()).build();
  }
}
