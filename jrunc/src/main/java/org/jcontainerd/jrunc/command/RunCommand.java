package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Path;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.linux.process.PidFd;
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
      return arguments.has("detach")
          ? detached(jrunc, arguments, id, bundle, spec, terminal)
          : foreground(jrunc, arguments, id, bundle, spec, terminal);
    }
  }

  private static int detached(
      Jrunc jrunc, Arguments arguments, String id, Path bundle, Spec spec, boolean terminal)
      throws IOException, RuncFailure, UsageException {
    var stdio = ContainerFlags.detached(arguments, terminal);
    StartedProcess process =
        jrunc.create(ContainerFlags.request(arguments, id, bundle, spec, stdio));
    startOrDelete(jrunc, arguments, id, process);
    return 0;
  }

  private static void startOrDelete(
      Jrunc jrunc, Arguments arguments, String id, StartedProcess process)
      throws IOException, RuncFailure {
    try {
      PidFile.announce(arguments, process.pid());
      jrunc.start(id);
    } catch (IOException | RuncFailure e) {
      try {
        jrunc.delete(id, true);
      } catch (RuncFailure undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
  }

  private static int foreground(
      Jrunc jrunc, Arguments arguments, String id, Path bundle, Spec spec, boolean terminal)
      throws IOException, RuncFailure, UsageException {
    if (arguments.value("console-socket").isPresent()) {
      throw new UsageException(
          "cannot use console socket if jrunc will not detach or allocate tty");
    }
    try (Foreground foreground = Foreground.open(terminal)) {
      StartedProcess process =
          jrunc.create(ContainerFlags.request(arguments, id, bundle, spec, foreground.stdio()));
      int code;
      try (PidFd fd = PidFd.open(process.pid())) {
        foreground.attach(fd);
        startOrDelete(jrunc, arguments, id, process);
        code = foreground.await(fd);
      }
      if (!arguments.has("keep")) {
        jrunc.delete(id, true);
      }
      return code;
    }
  }
}
