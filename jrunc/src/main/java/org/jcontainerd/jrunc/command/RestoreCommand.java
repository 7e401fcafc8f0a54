package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.CreateRequest;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RestoreRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;

/** {@code jrunc restore}: as {@code run}, with processes that were saved before. */
final class RestoreCommand implements Command {
  @Override
  public String name() {
    return "restore";
  }

  @Override
  public String usage() {
    return "[options] CONTAINER: bring a saved container back, and as run does, wait and delete it";
  }

  @Override
  public Flags flags() {
    return CriuFlags.flags()
        .option('b', "bundle", "DIR", "directory with config.json (default: the current one)")
        .option("console-socket", "SOCKET", "unix socket that gets the terminal's master")
        .option("pid-file", "FILE", "file that gets the process id")
        .option("lsm-profile", "TYPE:NAME", "another security profile than the saved one")
        .option("lsm-mount-context", "CONTEXT", "another mount context than the saved one")
        .toggle('d', "detach", "leave the container to itself")
        .toggle("no-subreaper", "accepted; only a detached restore is without one")
        .toggle("no-pivot", "accepted; criu changes the root");
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    Path bundle = ContainerFlags.bundle(arguments);
    Spec spec = ContainerFlags.read(bundle);
    boolean terminal = spec.process().map(ProcessSpec::terminal).orElse(false);
    try (Jrunc jrunc = invocation.open()) {
      if (arguments.has("detach")) {
        Stdio stdio = ContainerFlags.detached(arguments, terminal);
        StartedProcess process = jrunc.restore(request(invocation, bundle, spec, stdio));
        PidFile.announce(arguments, process.pid());
        return 0;
      }
      return foreground(jrunc, invocation, bundle, spec, terminal);
    }
  }

  private int foreground(
      Jrunc jrunc, Invocation invocation, Path bundle, Spec spec, boolean terminal)
      throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    try (Foreground foreground = Foreground.open(terminal)) {
      StartedProcess process = jrunc.restore(request(invocation, bundle, spec, foreground.stdio()));
      PidFile.announce(arguments, process.pid());
      int code;
      try (PidFd fd = PidFd.open(process.pid())) {
        foreground.attach(fd);
        code = foreground.await(fd);
      }
      jrunc.delete(arguments.id(name()), true);
      return code;
    }
  }

  private RestoreRequest request(Invocation invocation, Path bundle, Spec spec, Stdio stdio)
      throws IOException, UsageException {
    Arguments arguments = invocation.arguments();
    var container =
        new CreateRequest(
            arguments.id(name()),
            bundle,
            Optional.of(spec),
            stdio,
            false,
            List.of(),
            CreateRequest.Options.DEFAULT);
    return new RestoreRequest(
        container,
        CriuFlags.settings(invocation),
        arguments.value("lsm-profile").orElse(""),
        arguments.value("lsm-mount-context").orElse(""));
  }
}
