package org.jcontainerd.jshim.service;

import com.google.protobuf.Empty;
import java.util.concurrent.CompletableFuture;
import org.jcontainerd.api.containerd.task.v3.ShutdownRequest;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Task.Shutdown: ends the shim if it has no task left, of whatever namespace. */
final class ShutdownShim implements Handler<ShutdownRequest, Empty> {
  private final ShimParts shim;
  private final Runnable shutdown;

  ShutdownShim(ShimParts shim, Runnable shutdown) {
    this.shim = shim;
    this.shutdown = shutdown;
  }

  @Override
  public Empty handle(ShutdownRequest request, Call call) {
    if (shim.tasks().isEmpty()) {
      var _ = CompletableFuture.anyOf(call.answered(), call.disconnected()).thenRun(shutdown);
    }
    return Empty.getDefaultInstance();
  }
}
