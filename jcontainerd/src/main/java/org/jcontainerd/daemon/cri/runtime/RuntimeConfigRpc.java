package org.jcontainerd.daemon.cri.runtime;

import org.jcontainerd.api.cri.v1.CgroupDriver;
import org.jcontainerd.api.cri.v1.LinuxRuntimeConfiguration;
import org.jcontainerd.api.cri.v1.RuntimeConfigRequest;
import org.jcontainerd.api.cri.v1.RuntimeConfigResponse;
import org.jcontainerd.daemon.cri.Rpc;

/** Tells kubelet the cgroup driver (KEP-4033). */
public record RuntimeConfigRpc() implements Rpc<RuntimeConfigRequest, RuntimeConfigResponse> {
  @Override
  public RuntimeConfigResponse call(RuntimeConfigRequest request) {
    return RuntimeConfigResponse.newBuilder()
        .setLinux(LinuxRuntimeConfiguration.newBuilder().setCgroupDriver(CgroupDriver.CGROUPFS))
        .build();
  }
}
