package org.jcontainerd.daemon.cri.runtime;

import org.jcontainerd.api.cri.v1.UpdateRuntimeConfigRequest;
import org.jcontainerd.api.cri.v1.UpdateRuntimeConfigResponse;
import org.jcontainerd.daemon.cri.Rpc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the pod CIDR for runtimes that render a network configuration from a template. Ours is
 * written by whoever installs the network, so the address range is only noted.
 */
public record UpdateRuntimeConfigRpc()
    implements Rpc<UpdateRuntimeConfigRequest, UpdateRuntimeConfigResponse> {
  private static final Logger log = LoggerFactory.getLogger(UpdateRuntimeConfigRpc.class);

  @Override
  public UpdateRuntimeConfigResponse call(UpdateRuntimeConfigRequest request) {
    log.atInfo()
        .addKeyValue("cidr", request.getRuntimeConfig().getNetworkConfig().getPodCidr())
        .log("pod address range announced");
    return UpdateRuntimeConfigResponse.getDefaultInstance();
  }
}
