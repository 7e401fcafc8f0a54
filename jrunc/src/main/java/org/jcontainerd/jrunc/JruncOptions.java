package org.jcontainerd.jrunc;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jcontainerd.linux.loop.KernelWaiter;

/**
 * How the runtime is set up.
 *
 * @param root directory of the containers' state, made if missing
 * @param waiter receives what helpers say, so that operations may run on virtual threads; borrowed.
 *     Empty for commands: operations then wait in the kernel
 * @param warnings gets one line for each thing that was changed or left out
 * @param trace is told what operations do while they do it; plans are then run more slowly
 * @param systemdCgroup whether new containers get a unit of systemd for a cgroup
 */
public record JruncOptions(
    Path root,
    Optional<KernelWaiter> waiter,
    Consumer<String> warnings,
    Optional<OperationTrace> trace,
    boolean systemdCgroup) {
  /** Where state is if nobody says otherwise. */
  public static final Path DEFAULT_ROOT = Path.of("/run/jrunc");

  /** For a daemon. */
  public static JruncOptions daemon(Path root, KernelWaiter waiter, Consumer<String> warnings) {
    return new JruncOptions(root, Optional.of(waiter), warnings, Optional.empty(), false);
  }

  /** For a command. */
  public static JruncOptions command(Path root, Consumer<String> warnings) {
    return new JruncOptions(root, Optional.empty(), warnings, Optional.empty(), false);
  }

  /** The same with a trace. */
  public JruncOptions traced(OperationTrace to) {
    return new JruncOptions(root, waiter, warnings, Optional.of(to), systemdCgroup);
  }

  /** The same with the systemd cgroup driver for new containers, or without. */
  public JruncOptions systemdCgroup(boolean wanted) {
    return new JruncOptions(root, waiter, warnings, trace, wanted);
  }
}
