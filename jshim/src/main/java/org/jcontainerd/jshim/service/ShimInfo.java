package org.jcontainerd.jshim.service;

import java.nio.file.Path;
import org.jcontainerd.api.shim.v1.InfoRequest;
import org.jcontainerd.api.shim.v1.InfoResponse;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.Handler;

/** Shim.Info: who answers here. */
final class ShimInfo implements Handler<InfoRequest, InfoResponse> {
  private final Path streamSocket;

  ShimInfo(Path streamSocket) {
    this.streamSocket = streamSocket;
  }

  @Override
  public InfoResponse handle(InfoRequest request, Call call) {
    return InfoResponse.newBuilder()
        .setVersion(ShimVersion.TEXT)
        .setPid((int) ProcessHandle.current().pid())
        .setStreamSocket(streamSocket.toString())
        .build();
  }
}
