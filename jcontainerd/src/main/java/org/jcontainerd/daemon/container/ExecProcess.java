package org.jcontainerd.daemon.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.ProcessSpec;

/**
 * The process of an exec: as the container's own one, with another command. Read from the bundle,
 * so that it is what the container runs with, whoever made it.
 */
public record ExecProcess(Layout layout) {
  private static final String TERM = "TERM=";

  /**
   * What is read of the runtime spec: most of its text is the seccomp profile, which is skipped.
   */
  private record Configured(Optional<ProcessSpec> process) {}

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
    Path config = layout.bundle(container.id()).resolve("config.json");
    ProcessSpec own =
        OciJson.read(Files.readAllBytes(config), Configured.class)
            .process()
            .orElseThrow(() -> new IOException("'" + config + "' has no process"));
    var env = new ArrayList<>(own.env());
    if (terminal && env.stream().noneMatch(e -> e.startsWith(TERM))) {
      env.add(TERM + "xterm");
    }
    return own.toBuilder().args(command).env(env).terminal(terminal).build();
  }
}
