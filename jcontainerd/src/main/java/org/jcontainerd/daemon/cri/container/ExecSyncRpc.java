package org.jcontainerd.daemon.cri.container;

import java.time.Duration;
import java.util.Optional;
import org.jcontainerd.api.cri.v1.ExecSyncRequest;
import org.jcontainerd.api.cri.v1.ExecSyncResponse;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.ExecProcess;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.oci.json.OciJson;

/**
 * Runs a command in a container to its end; the shim does all of it in one call. Over its time the
 * answer is DEADLINE_EXCEEDED, which kubelet counts as a failed probe.
 */
public record ExecSyncRpc(Registry<Container> containers, ExecProcess process, Shim shim)
    implements Rpc<ExecSyncRequest, ExecSyncResponse> {
  @Override
  public ExecSyncResponse call(ExecSyncRequest request) throws Exception {
    Container container = containers.require(request.getContainerId());
    byte[] spec = OciJson.write(process.of(container, request.getCmdList(), false));
    Optional<Duration> timeout =
        request.getTimeout() > 0
            ? Optional.of(Duration.ofSeconds(request.getTimeout()))
            : Optional.empty();
    var end = shim.execSync(container.id(), spec, timeout);
    if (end.getTimedOut()) {
      throw new DaemonFailure.DeadlineExceeded(
          "exec in container '"
              + container.id()
              + "': command not ended after "
              + request.getTimeout()
              + " s, killed");
    }
    return ExecSyncResponse.newBuilder()
        .setStdout(end.getStdout())
        .setStderr(end.getStderr())
        .setExitCode(end.getExitCode())
        .build();
  }
}
