package org.jcontainerd.jrunc.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.KeeperStep;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.PlanBuilder;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.process.PidFd;

/** A further process in a running container, with a keeper of its own. */
public final class ExecPlan {
  private ExecPlan() {}

  /** Launches it; it starts at once. */
  public static Launch launch(
      Launcher launcher, int pid, boolean user, boolean terminal, Path keeper, String... arguments)
      throws IOException {
    var builder = new PlanBuilder();
    var process = builder.passedSlot("container");
    var directory = builder.passedSlot("keeper");
    var stdin = builder.madeSlot("stdin");
    var stdout = builder.madeSlot("stdout");
    var stderr = builder.madeSlot("stderr");
    var joined = EnumSet.of(Namespace.MOUNT, Namespace.UTS, Namespace.IPC, Namespace.NETWORK);
    if (user) {
      joined.add(Namespace.USER);
    }
    builder.add(new EitherStep.Session()).add(new ParentStep.Subreaper());
    if (!terminal) {
      builder.add(
          new ParentStep.Pipes(
              1 << 20, Optional.of(stdin), Optional.of(stdout), Optional.of(stderr)));
    }
    builder
        .add(new ParentStep.Spools(terminal ? 1 : 2))
        .add(new EitherStep.Join(process, Set.of(Namespace.PID)))
        .add(new ParentStep.Clone(Set.of(), Optional.empty()))
        .add(new KeeperStep.Keep(directory))
        .add(new ProcessStep.Await())
        .add(new EitherStep.Session())
        .add(new EitherStep.Join(process, joined));
    if (user) {
      builder.add(new ProcessStep.Identity(0, 0, true, List.of()));
    }
    if (terminal) {
      builder.add(new RootStep.Terminal(24, 80, Optional.empty(), false));
    }
    builder.add(new ProcessStep.Chdir("/"));
    builder.add(new ProcessStep.FindProgram(arguments[0], "/bin"));
    if (!terminal) {
      builder.add(new ProcessStep.Descriptors(Map.of(0, stdin, 1, stdout, 2, stderr)));
    }
    builder.add(new ProcessStep.Exec("", List.of(arguments), List.of("PATH=/bin")));
    try (PidFd container = PidFd.open(pid);
        Fd place = HostFile.directory(keeper)) {
      return launcher.launch(builder.build(), Map.of(process, container.fd(), directory, place));
    }
  }
}
