package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.jrunc.CheckpointRequest;
import org.jcontainerd.jrunc.CriuSettings;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;

/** {@code jrunc checkpoint}. */
final class CheckpointCommand implements Command {
  @Override
  public String name() {
    return "checkpoint";
  }

  @Override
  public String usage() {
    return "[options] CONTAINER: save a running container with criu";
  }

  @Override
  public Flags flags() {
    return CriuFlags.flags()
        .option("parent-path", "DIR", "earlier pre-dump, relative to the images")
        .option("page-server", "ADDRESS:PORT", "send memory to a criu page-server")
        .option("status-fd", "N", "gets a zero byte when lazy pages can be asked for")
        .toggle("leave-running", "do not end the container")
        .toggle("pre-dump", "save memory alone, and let the container run on")
        .toggle("link-remap", "name unlinked files that are open")
        .toggle("tcp-skip-in-flight", "leave out connections that are not accepted yet");
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    CriuSettings criu = CriuFlags.settings(invocation);
    var request =
        new CheckpointRequest(
            arguments.id(name()),
            criu,
            parent(arguments, criu.images()),
            pageServer(arguments),
            arguments.has("leave-running"),
            arguments.has("pre-dump"),
            arguments.number("status-fd").map(Math::toIntExact));
    try (Jrunc jrunc = invocation.open()) {
      jrunc.checkpoint(request);
    }
    return 0;
  }

  private static Optional<String> parent(Arguments arguments, Path images) throws UsageException {
    Optional<String> parent = arguments.value("parent-path").filter(path -> !path.isEmpty());
    if (parent.isPresent() && parent.get().startsWith("/")) {
      throw new UsageException("--parent-path must be relative");
    }
    if (parent.isPresent() && !Files.isDirectory(images.resolve(parent.get()))) {
      throw new UsageException(
          "invalid --parent-path: '" + images.resolve(parent.get()) + "' is no directory");
    }
    return parent;
  }

  private static Optional<CheckpointRequest.PageServer> pageServer(Arguments arguments)
      throws UsageException {
    Optional<String> text = arguments.value("page-server").filter(value -> !value.isEmpty());
    if (text.isEmpty()) {
      return Optional.empty();
    }
    int colon = text.get().lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.get().substring(colon + 1));
      if (colon > 0 && port > 0 && port < 1 << 16) {
        String address = text.get().substring(0, colon).replaceAll("^\\[|\\]$", "");
        return Optional.of(new CheckpointRequest.PageServer(address, port));
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw new UsageException("--page-server '" + text.get() + "' is not ADDRESS:PORT");
  }
}
