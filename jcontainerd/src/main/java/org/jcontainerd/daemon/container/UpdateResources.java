package org.jcontainerd.daemon.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jcontainerd.api.cri.v1.LinuxContainerResources;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.spec.ResourceLimits;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Spec;

/**
 * Changes a container's limits: those of a running one in the kernel, those of a created one in its
 * bundle. The record changes only when that worked. Thread-safe.
 */
public record UpdateResources(Registry<Container> containers, Shim shim, Layout layout) {
  public void update(String id, LinuxContainerResources change) throws Exception {
    containers.run(
        id,
        () -> {
          Container container =
              containers.find(id).orElseThrow(() -> new DaemonFailure.NotFound("container", id));
          var merged = ResourceLimits.merge(container.resources(), change);
          switch (container.state()) {
            case ContainerState.Created _ -> rewriteBundle(id, merged);
            case ContainerState.Running _ ->
                shim.update(id, OciJson.write(ResourceLimits.of(merged, List.of())));
            case ContainerState.Exited _ ->
                throw new DaemonFailure.FailedPrecondition(
                    "update container '" + id + "': it has ended");
          }
          containers.update(id, c -> c.with(merged));
        });
  }

  private void rewriteBundle(String id, LinuxContainerResources limits) throws IOException {
    Path config = layout.bundle(id).resolve("config.json");
    Spec spec = OciJson.read(Files.readAllBytes(config), Spec.class);
    Linux linux = spec.linux().orElseThrow(() -> new IOException("'" + config + "': no linux"));
    var devices = linux.resources().map(Resources::devices).orElse(List.of());
    Spec changed =
        spec.toBuilder()
            .linux(linux.toBuilder().resources(ResourceLimits.of(limits, devices)).build())
            .build();
    Path fresh = config.resolveSibling("config.json.new");
    Files.write(fresh, OciJson.write(changed));
    Files.move(fresh, config, StandardCopyOption.ATOMIC_MOVE);
  }
}
