package org.jcontainerd.daemon.cri.container;

import java.util.LinkedHashMap;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.ContainerState;
import org.jcontainerd.oci.json.OciJson;

/** What {@code crictl inspect} shows of a container besides its status. */
final class ContainerInfo {
  private ContainerInfo() {}

  /** One JSON object; {@code pid} is what tools look for. */
  static String json(Container container) {
    var info = new LinkedHashMap<String, Object>();
    info.put("sandboxID", container.sandboxId());
    info.put("pid", container.running().map(ContainerState.Running::pid).orElse(0L));
    info.put("cgroup", container.cgroupPath());
    info.put("state", container.state().toString());
    return new String(OciJson.write(info), java.nio.charset.StandardCharsets.UTF_8);
  }
}
