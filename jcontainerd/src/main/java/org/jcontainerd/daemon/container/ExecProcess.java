package org.jcontainerd.daemon.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.ProcessSpec;

/**
 * The process of an exec: as the container's own one, with another command. Read from the bundle,
 * so that it is what the container runs with, whoever made it.
 */
public final class ExecProcess {
  private static final String TERM = "TERM=";

  /** So many containers' processes are remembered: probes come to the same ones again and again. */
  private static final int REMEMBERED = 256;

  private final Layout layout;

  /** By container, the least recently used first; an id has one configuration for ever. */
  private final Map<String, ProcessSpec> remembered =
      Collections.synchronizedMap(
          new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, ProcessSpec> eldest) {
              return size() > REMEMBERED;
            }
          });

  /**
   * What is read of the runtime spec: most of its text is the seccomp profile, which is skipped.
   */
  private record Configured(Optional<ProcessSpec> process) {}

  public ExecProcess(Layout layout) {
    this.layout = layout;
  }

  /** The OCI runtime-spec Process. */
  public ProcessSpec of(Container container, List<String> command, boolean terminal)
      throws IOException {
    if (command.isEmpty() || command.getFirst().isEmpty()) {
      throw new DaemonFailure.InvalidArgument(
          "exec in container '" + container.id() + "': no command given");
    }
    if (container.running().isEmpty()) {
      throw new DaemonFailure.FailedPrecondition(
          "exec in container '" + container.id() + "': it is not running");
    }
    ProcessSpec own = configured(container.id());
    var env = new ArrayList<>(own.env());
    if (terminal && env.stream().noneMatch(e -> e.startsWith(TERM))) {
      env.add(TERM + "xterm");
    }
    return own.toBuilder().args(command).env(env).terminal(terminal).build();
  }

  private ProcessSpec configured(String id) throws IOException {
    ProcessSpec known = remembered.get(id);
    if (known != null) {
      return known;
    }
    Path config = layout.bundle(id).resolve("config.json");
    ProcessSpec read =
        OciJson.read(Files.readAllBytes(config), Configured.class)
            .process()
            .orElseThrow(() -> new IOException("'" + config + "' has no process"));
    remembered.put(id, read);
    return read;
  }
}
