package org.jcontainerd.jrunc.compile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.jrunc.plan.Slot;
import org.jcontainerd.jrunc.seccomp.Filter;
import org.jcontainerd.oci.runtime.CpuAffinity;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.User;

/** What a process of a container becomes: the part that {@code create} and {@code exec} share. */
final class ProcessSteps {
  private static final int PIPE_CAPACITY_BYTES = 1 << 20;
  private static final String APPARMOR_EXEC = "self/attr/apparmor/exec";
  private static final long DEFAULT_UMASK = 022;

  private final StepList steps;
  private final ProcessSpec process;
  private final HostFacts host;
  private final Users users;
  private final StreamKind streams;
  private final int preserved;
  private final HashMap<Integer, Slot> descriptors = new HashMap<>();
  private Optional<Slot> console = Optional.empty();
  private boolean shown;

  /**
   * What the process's user namespace is to the runtime.
   *
   * @param own whether the process is in a user namespace of the container
   * @param groups whether setgroups(2) is allowed in it
   */
  record Users(boolean own, boolean groups) {
    static Users of(Namespaces namespaces, IdMapWay way) {
      return new Users(namespaces.has(Namespace.USER), way.allowsGroups());
    }
  }

  /**
   * @param preserved how many descriptors of the caller it gets from 3 on
   */
  ProcessSteps(
      StepList steps,
      ProcessSpec process,
      HostFacts host,
      Users users,
      StreamKind streams,
      int preserved) {
    this.steps = steps;
    this.process = process;
    this.host = host;
    this.users = users;
    this.streams = streams;
    this.preserved = preserved;
  }

  /** Helper, first: what makes it a keeper, and the streams. */
  void beginHelper(boolean keeper) throws RuncFailure.InvalidArgument {
    if (!host.privileged()) {
      steps.add(new EitherStep.Dumpable(true)); // until hide(): its files in /proc are the caller's
    }
    if (keeper) {
      steps.add(new EitherStep.Session());
      steps.add(new ParentStep.Subreaper());
    }
    if (users.own() && lowersOomScore()) {
      // In a user namespace nobody may lower it; the process inherits it from the helper.
      oomScore();
    }
    switch (streams) {
      case StreamKind.Inherited _ -> inherited();
      case StreamKind.Pipes pipes -> pipes(pipes);
      case StreamKind.Terminal terminal -> {
        if (terminal.consoleSocket()) {
          console =
              Optional.of(steps.needs("console socket", new DescriptorSource.ConsoleSocket()));
        } else {
          steps.add(new ParentStep.Spools(1));
        }
      }
    }
    for (int i = 0; i < preserved; i++) {
      descriptors.put(
          3 + i, steps.needs("descriptor " + (3 + i), new DescriptorSource.Preserved(i)));
    }
  }

  /** Helper of a further process: the CPUs on which it gets into the container. */
  void initialAffinity() throws RuncFailure.InvalidArgument {
    affinity("initial", process.execCpuAffinity().map(CpuAffinity::initial));
  }

  /** Further process, in the container's cgroup: the CPUs on which its program runs. */
  void finalAffinity() throws RuncFailure.InvalidArgument {
    affinity("final", process.execCpuAffinity().map(CpuAffinity::last));
  }

  private void affinity(String when, Optional<String> list) throws RuncFailure.InvalidArgument {
    if (list.isPresent() && !list.get().isEmpty()) {
      steps.add(
          new EitherStep.Affinity(
              Scheduling.numbers("process.execCPUAffinity." + when, list.get())));
    }
  }

  private void inherited() {
    List<String> names = List.of("stdin", "stdout", "stderr");
    for (int i = 0; i < names.size(); i++) {
      descriptors.put(i, steps.needs(names.get(i), new DescriptorSource.StandardStream(i)));
    }
  }

  private void pipes(StreamKind.Pipes wanted) {
    Optional<Slot> stdin = stream(wanted.stdin(), "stdin");
    Optional<Slot> stdout = stream(wanted.stdout(), "stdout");
    Optional<Slot> stderr = stream(wanted.stderr(), "stderr");
    steps.add(new ParentStep.Pipes(PIPE_CAPACITY_BYTES, stdin, stdout, stderr));
    steps.add(new ParentStep.Spools(2));
    stdin.ifPresent(slot -> descriptors.put(0, slot));
    stdout.ifPresent(slot -> descriptors.put(1, slot));
    stderr.ifPresent(slot -> descriptors.put(2, slot));
  }

  private Optional<Slot> stream(boolean wanted, String name) {
    return wanted ? Optional.of(steps.makes(name)) : Optional.empty();
  }

  /** Process, at once: what needs the runtime's own privileges. */
  void limits() throws RuncFailure.InvalidArgument {
    ResourceLimits.compile(steps, process.rlimits(), host, host.raisesLimits() && !users.own());
    if (process.oomScoreAdj().isPresent() && !(users.own() && lowersOomScore())) {
      oomScore();
    }
  }

  /**
   * Process, in its cgroup, from which the time of real-time policies comes (sched-rt-group.rst).
   */
  void scheduling() throws RuncFailure.InvalidArgument {
    if (process.scheduler().isPresent()) {
      steps.add(Scheduling.scheduler(process.scheduler().get()));
    }
    if (process.ioPriority().isPresent()) {
      steps.add(Scheduling.ioPriority(process.ioPriority().get()));
    }
  }

  /** Process, before it is where others could look into it. */
  void hide() {
    if (!host.privileged()) {
      steps.add(new EitherStep.Dumpable(false));
    }
  }

  /** Lets hooks of an ordinary user enter the namespaces of the process while it waits. */
  void showWhileWaiting() {
    shown = true;
  }

  private boolean lowersOomScore() {
    return process.oomScoreAdj().isPresent() && process.oomScoreAdj().get() < host.oomScoreAdj();
  }

  private void oomScore() throws RuncFailure.InvalidArgument {
    int wanted = process.oomScoreAdj().orElseThrow();
    if (wanted < -1000 || wanted > 1000) { // proc_pid_oom_score_adj(5)
      throw new RuncFailure.InvalidArgument(
          "process.oomScoreAdj", wanted + " is not in -1000 to 1000");
    }
    if (lowersOomScore() && !host.raisesLimits()) {
      steps.warn(
          "oomScoreAdj: %d raised to %d, the runtime has no CAP_SYS_RESOURCE"
              .formatted(wanted, host.oomScoreAdj()));
      wanted = host.oomScoreAdj();
    }
    steps.add(new EitherStep.WriteProc("self/oom_score_adj", Integer.toString(wanted)));
  }

  /** Process, in its namespaces: the terminal, where there is one. */
  void terminal(boolean bindConsole) {
    if (streams instanceof StreamKind.Terminal terminal) {
      var size = terminal.size().or(process::consoleSize);
      steps.add(
          new RootStep.Terminal(
              size.map(s -> s.height()).orElse(0),
              size.map(s -> s.width()).orElse(0),
              console,
              bindConsole));
    }
  }

  /** Process, about to go where the container sees it: keeps only what its last steps need. */
  void becomeVisible() {
    var kept = new ArrayList<>(descriptors.values());
    console.ifPresent(kept::add);
    kept.sort(Comparator.comparingInt(Slot::number));
    steps.add(new ProcessStep.LetGo(kept, ProcessStep.LetGo.Procfs.CLOSED));
  }

  /**
   * Process, last: identity, privileges, program.
   *
   * @param wait what it does between, if it is to wait for its start
   */
  void finish(Optional<Filter> seccomp, List<String> environment, Optional<ProcessStep> wait)
      throws RuncFailure {
    boolean late = process.noNewPrivileges();
    User user = process.user();
    steps.add(new ProcessStep.Umask(umask(user)));
    steps.add(new ProcessStep.Descriptors(descriptors));
    steps.add(new ProcessStep.OwnStdio((int) user.uid()));
    wait.ifPresent(this::letGo);
    if (seccomp.isPresent() && !late) {
      steps.add(filter(seccomp.get())); // needs CAP_SYS_ADMIN, which is about to go
    }
    identity(user);
    if (late) {
      steps.add(new ProcessStep.NoNewPrivileges());
    }
    steps.add(new ProcessStep.FindProgram(process.args().get(0), Environment.path(environment)));
    // A listener has to reach the starter before READY; otherwise the later the fewer calls it
    // meets.
    boolean notifies = seccomp.isPresent() && seccomp.get().notifies();
    if (seccomp.isPresent() && late && notifies) {
      steps.add(filter(seccomp.get()));
    }
    if (shown) {
      steps.add(new EitherStep.Dumpable(true));
    }
    wait.ifPresent(steps::add);
    if (seccomp.isPresent() && late && !notifies) {
      steps.add(filter(seccomp.get()));
    }
    steps.add(new ProcessStep.Exec("", process.args(), environment));
  }

  /** What exec(2) waits with while an exec in the container may already look: nothing. */
  private void letGo(ProcessStep wait) {
    if (wait instanceof ProcessStep.WaitFifo(Slot fifo)) {
      // It opens the fifo through procfs. In a user namespace the kernel refuses a new one where
      // parts are masked; there nobody has rights over a process that began outside (ptrace(2)).
      boolean foreign = users.own() || host.caller().inUserNamespace();
      steps.add(
          new ProcessStep.LetGo(
              List.of(fifo),
              foreign ? ProcessStep.LetGo.Procfs.KEPT : ProcessStep.LetGo.Procfs.REPLACED));
    } else {
      steps.add(new ProcessStep.LetGo(List.of(), ProcessStep.LetGo.Procfs.CLOSED));
    }
  }

  /** Process: what the program will be labelled with. Goes before the host's procfs is let go. */
  void labels() {
    if (!process.apparmorProfile().isEmpty()) {
      // attr/exec belongs to the first module of the kernel's list, which need not be AppArmor
      steps.add(new EitherStep.WriteProc(APPARMOR_EXEC, "exec " + process.apparmorProfile()));
    }
    if (!process.selinuxLabel().isEmpty()) {
      steps.add(new EitherStep.WriteProc("self/attr/exec", process.selinuxLabel()));
    }
  }

  private static ProcessStep.Seccomp filter(Filter filter) {
    return new ProcessStep.Seccomp(filter.flags(), filter.program());
  }

  private static int umask(User user) throws RuncFailure.InvalidArgument {
    long umask = user.umask().orElse(DEFAULT_UMASK);
    if (umask > 0777) {
      throw new RuncFailure.InvalidArgument("process.user.umask", "is above 0777");
    }
    return (int) umask;
  }

  private void identity(User user) throws RuncFailure.InvalidArgument {
    // In a user namespace that it made, root has every capability of the kernel over that
    // namespace.
    long available =
        users.own() ? host.allCapabilities() : host.capabilities() & host.allCapabilities();
    CapabilitySets sets = CapabilitySets.of(process.capabilities(), available);
    if (!sets.ignored().isEmpty()) {
      steps.warn("ignoring unknown or unavailable capabilities: " + sets.ignored());
    }
    steps.add(new ProcessStep.BoundingSet(sets.bounding()));
    steps.add(new ProcessStep.KeepCapabilities(true));
    // As root, who may enter any directory; the check that it is inside the root comes with it.
    steps.add(new ProcessStep.Chdir(process.cwd()));
    if (!users.groups() && !user.additionalGids().isEmpty()) {
      throw new RuncFailure.InvalidArgument(
          "process.user.additionalGids", "cannot be set where only the caller's own id is mapped");
    }
    steps.add(
        new ProcessStep.Identity(
            (int) user.uid(),
            (int) user.gid(),
            users.groups() && (host.privileged() || !user.additionalGids().isEmpty()),
            user.additionalGids().stream().map(Long::intValue).toList()));
    steps.add(new ProcessStep.KeepCapabilities(false));
    steps.add(
        new ProcessStep.Capabilities(
            sets.effective(), sets.permitted(), sets.inheritable(), sets.ambient()));
  }
}
