package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.check.BundleCheck;
import org.jcontainerd.jrunc.check.Finding;
import org.jcontainerd.jrunc.operation.RuntimeContext;
import org.jcontainerd.oci.runtime.Spec;

/** {@code jrunc check}: finds what would fail, before it does. */
final class CheckCommand implements Command {
  @Override
  public String name() {
    return "check";
  }

  @Override
  public String usage() {
    return "[BUNDLE]: find what in a bundle will fail on this host, and make nothing";
  }

  @Override
  public String description() {
    return """
    Compiles the plan of the bundle (default: the current directory) and looks for the \
    program, the sources of mounts, hooks, namespaces, cgroup controllers, limits, sysctls, \
    security modules and seccomp actions that it needs. Each finding is a line: the place in \
    config.json, the problem, and what to do.

    The exit code is 0 if nothing was found, and else 1.
    """;
  }

  @Override
  public Flags flags() {
    return new Flags();
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    List<String> words = invocation.arguments().words();
    if (words.size() > 1) {
      throw new UsageException("jrunc: \"check\" requires a maximum of 1 argument(s)");
    }
    Path bundle = ContainerFlags.bundle(Path.of(words.isEmpty() ? "." : words.get(0)));
    Spec spec = ContainerFlags.read(bundle);
    List<Finding> findings;
    try (RuntimeContext context = RuntimeContext.open(invocation.options())) {
      findings = BundleCheck.of(context, bundle, spec, JruncProgram.SPEC_VERSION);
    }
    for (Finding finding : findings) {
      Output.text(finding.line() + "\n");
    }
    return findings.isEmpty() ? 0 : 1;
  }
}
