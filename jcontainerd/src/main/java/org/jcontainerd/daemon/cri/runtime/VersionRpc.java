package org.jcontainerd.daemon.cri.runtime;

import org.jcontainerd.api.cri.v1.VersionRequest;
import org.jcontainerd.api.cri.v1.VersionResponse;
import org.jcontainerd.daemon.cri.Rpc;

/** The first call of every client; the name becomes the prefix of its container ids. */
public record VersionRpc(String version) implements Rpc<VersionRequest, VersionResponse> {
  @Override
  public VersionResponse call(VersionRequest request) {
    return VersionResponse.newBuilder()
        .setVersion("0.1.0") // of the kubelet's interface, fixed since its beginning
        .setRuntimeName("jcontainerd")
        .setRuntimeVersion(version)
        .setRuntimeApiVersion("v1")
        .build();
  }
}
