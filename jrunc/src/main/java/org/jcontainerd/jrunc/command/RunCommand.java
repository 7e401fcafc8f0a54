package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.ProcessAttributes;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;

/** {@code jrunc run}: create, start, and unless detached, wait and delete. */
final class RunCommand implements Command {
  @Override
  public String name() {
    return "run";
  }

  @Override
  public String usage() {
    return "[options] CONTAINER: create a container, run its program, and delete it";
  }

  @Override
  public Flags flags() {
    return ContainerFlags.flags()
        .toggle('d', "detach", "leave the container to itself")
        .toggle("keep", "do not delete the container")
        .toggle("no-subreaper", "accepted; only a detached run is without one");
  }

  @Override
  public String failurePrefix() {
    return "jrunc run failed: ";
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    String id = arguments.id(name());
    Path bundle = ContainerFlags.bundle(arguments);
    Spec spec = ContainerFlags.read(bundle);
    boolean terminal = spec.process().map(ProcessSpec::terminal).orElse(false);
    try (Jrunc jrunc = invocation.open()) {
      if (arguments.has("detach")) {
        Stdio stdio = ContainerFlags.detached(arguments, terminal);
        StartedProcess process =
            jrunc.create(ContainerFlags.request(invocation, id, bundle, spec, stdio));
        return orDelete(jrunc, id, () -> detached(jrunc, invocation, id, process));
      }
      ContainerFlags.checkForeground(arguments);
      try (Foreground foreground = Foreground.open(terminal)) {
        StartedProcess process =
            jrunc.create(ContainerFlags.request(invocation, id, bundle, spec, foreground.stdio()));
        int code =
            orDelete(jrunc, id, () -> foreground(jrunc, invocation, id, process, foreground));
        if (!arguments.has("keep")) {
          jrunc.delete(id, true);
        }
        return code;
      }
    }
  }

  private interface Part {
    int run() throws IOException, RuncFailure;
  }

  /** What fails after the creation takes the container with it. */
  private static int orDelete(Jrunc jrunc, String id, Part part) throws IOException, RuncFailure {
    try {
      return part.run();
    } catch (IOException | RuncFailure e) {
      try {
        jrunc.delete(id, true);
      } catch (RuncFailure undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  private static int detached(Jrunc jrunc, Invocation invocation, String id, StartedProcess process)
      throws IOException, RuncFailure {
    try (PidFd fd = PidFd.open(process.pid())) {
      Optional<NotifySocket> notify = start(jrunc, invocation, id, process);
      if (notify.isPresent()) {
        try (NotifySocket socket = notify.get()) {
          socket.forward(fd, process.pid());
        }
      }
    }
    return 0;
  }

  private static int foreground(
      Jrunc jrunc, Invocation invocation, String id, StartedProcess process, Foreground foreground)
      throws IOException, RuncFailure {
    try (PidFd fd = PidFd.open(process.pid())) {
      foreground.attach(fd);
      start(jrunc, invocation, id, process)
          .ifPresent(socket -> forwardMeanwhile(invocation, socket, process));
      return foreground.await(fd);
    }
  }

  private static Optional<NotifySocket> start(
      Jrunc jrunc, Invocation invocation, String id, StartedProcess process)
      throws IOException, RuncFailure {
    PidFile.announce(invocation.arguments(), process.pid());
    Optional<NotifySocket> notify =
        NotifySocket.bind(System.getenv(), invocation.files(id).notifyDirectory());
    jrunc.start(id);
    return notify;
  }

  /** The service manager goes on watching this program, which ends with the container's code. */
  private static void forwardMeanwhile(
      Invocation invocation, NotifySocket socket, StartedProcess process) {
    int own = ProcessAttributes.pid();
    var _ =
        Thread.ofPlatform()
            .daemon(true)
            .name("readiness of the container")
            .start(() -> {
              try (socket;
                  PidFd fd = PidFd.open(process.pid())) {
                socket.forward(fd, own);
              } catch (IOException e) {
                invocation.log().warning("pass readiness on: " + e.getMessage());
              }
            });
  }
}
