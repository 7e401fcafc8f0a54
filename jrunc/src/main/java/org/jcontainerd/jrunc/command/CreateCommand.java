package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Path;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.StartedProcess;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;

/** {@code jrunc create}. */
final class CreateCommand implements Command {
  @Override
  public String name() {
    return "create";
  }

  @Override
  public String usage() {
    return "[options] CONTAINER: make a container that waits before its program";
  }

  @Override
  public Flags flags() {
    return ContainerFlags.flags();
  }

  @Override
  public String failurePrefix() {
    return "jrunc create failed: ";
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    String id = arguments.id(name());
    Path bundle = ContainerFlags.bundle(arguments);
    Spec spec = ContainerFlags.read(bundle);
    boolean terminal = spec.process().map(ProcessSpec::terminal).orElse(false);
    Stdio stdio = ContainerFlags.detached(arguments, terminal);
    try (Jrunc jrunc = invocation.open()) {
      StartedProcess process =
          jrunc.create(ContainerFlags.request(invocation, id, bundle, spec, stdio));
      try {
        PidFile.announce(arguments, process.pid());
      } catch (IOException e) {
        jrunc.delete(id, true);
        throw e;
      }
    }
    return 0;
  }
}
