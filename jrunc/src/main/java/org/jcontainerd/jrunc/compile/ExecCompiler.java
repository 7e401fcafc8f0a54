package org.jcontainerd.jrunc.compile;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.KeeperStep;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.ParentStep.Clone.Stage;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.jrunc.plan.Slot;

/** Compiles the plan of a further process in a running container. Pure. */
public final class ExecCompiler {
  private final ExecInput input;
  private final StepList steps = new StepList();
  private final ProcessSteps process;

  private ExecCompiler(ExecInput input) {
    this.input = input;
    this.process =
        new ProcessSteps(
            steps,
            input.process(),
            input.host(),
            new ProcessSteps.Users(input.namespaces().has(Namespace.USER), input.setGroups()),
            input.streams(),
            input.preserved());
  }

  /** Compiles. */
  public static CompiledPlan compile(ExecInput input) throws RuncFailure {
    SpecCheck.process(input.process(), input.host());
    return new ExecCompiler(input).compile();
  }

  private CompiledPlan compile() throws RuncFailure {
    process.beginHelper(input.keeper());
    process.initialAffinity();
    var joined = EnumSet.noneOf(Namespace.class);
    joined.addAll(input.namespaces().all());
    Slot container = steps.needs("container", new DescriptorSource.ContainerProcess());
    boolean forks = joined.contains(Namespace.PID);
    steps.add(
        new ParentStep.Clone(
            Set.of(),
            cgroup(),
            !forks ? Stage.NONE : joined.contains(Namespace.TIME) ? Stage.COPIED : Stage.SHARED));
    if (input.keeper()) {
      steps.add(
          new KeeperStep.Keep(steps.needs("directory", new DescriptorSource.KeeperDirectory())));
    } else if (input.detach()) {
      steps.add(new KeeperStep.Detach());
    }
    process.limits();
    CgroupEntry.compile(steps, input.host(), input.cgroupDirectories());
    process.scheduling();
    if (!forks) {
      steps.add(new ProcessStep.Await());
    }
    process.hide();
    process.labels();
    if (!joined.isEmpty()) {
      steps.add(new EitherStep.Join(container, joined));
    }
    process.becomeVisible();
    // The pid namespace is entered by a child, which by then has nothing of the host: a process of
    // the container that may look into others would find the host's root directory in this one.
    if (forks) {
      steps.add(new ProcessStep.Fork());
    }
    steps.add(new EitherStep.Session());
    if (joined.contains(Namespace.USER)) {
      steps.add(new ProcessStep.Identity(0, 0, false, List.of()));
    }
    input.chroot().ifPresent(root -> steps.add(new RootStep.Chroot(root)));
    process.terminal(false);
    List<String> environment =
        Environment.of(input.process().env(), input.home(), input.preserved());
    process.finalAffinity();
    process.finish(input.seccomp(), environment, Optional.empty());
    return steps.build();
  }

  private Optional<Slot> cgroup() {
    return input.host().pureV2() && !input.cgroupDirectories().isEmpty()
        ? Optional.of(steps.needs("cgroup", new DescriptorSource.CgroupDirectory()))
        : Optional.empty();
  }
}
