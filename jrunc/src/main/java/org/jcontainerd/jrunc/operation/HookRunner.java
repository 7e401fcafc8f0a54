package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.jrunc.ContainerStatus;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.compile.CompiledPlan;
import org.jcontainerd.jrunc.compile.HookPlan;
import org.jcontainerd.jrunc.compile.Namespaces;
import org.jcontainerd.jrunc.launch.HelperMessage;
import org.jcontainerd.jrunc.launch.Launch;
import org.jcontainerd.jrunc.launch.LaunchListener;
import org.jcontainerd.jrunc.launch.ProcessExit;
import org.jcontainerd.jrunc.launch.ProcessIdentity;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Hook;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.oci.runtime.State;

/**
 * Runs the hooks of a container (config.md, "POSIX-platform Hooks"): with the state as JSON on
 * standard input, in order, each within its timeout. All of them are run by the helper, so that
 * they end with it.
 */
final class HookRunner {
  private final RuntimeContext context;
  private final Lazy<Spec> spec;
  private final String bundle;
  private final String id;

  HookRunner(RuntimeContext context, String id, String bundle, Lazy<Spec> spec) {
    this.context = context;
    this.id = id;
    this.bundle = bundle;
    this.spec = spec;
  }

  /** Runs hooks in the runtime's namespaces. */
  void onHost(String point, List<Hook> hooks, ContainerStatus status, int pid)
      throws IOException, RuncFailure {
    for (int i = 0; i < hooks.size(); i++) {
      run(name(point, i), hooks.get(i), HookPlan.onHost(hooks.get(i)), status, pid);
    }
  }

  /** Runs hooks in the namespaces of the container's process. */
  void inContainer(String point, List<Hook> hooks, ContainerStatus status, int pid)
      throws IOException, RuncFailure {
    if (hooks.isEmpty()) {
      return;
    }
    Namespaces namespaces =
        Namespaces.of(spec.get().linux().map(linux -> linux.namespaces()).orElse(List.of()));
    for (int i = 0; i < hooks.size(); i++) {
      CompiledPlan plan = HookPlan.inContainer(hooks.get(i), namespaces);
      run(name(point, i), hooks.get(i), plan, status, pid);
    }
  }

  private static String name(String point, int index) {
    return point + " hook #" + index;
  }

  private void run(String name, Hook hook, CompiledPlan plan, ContainerStatus status, int pid)
      throws IOException, RuncFailure {
    Spec configured = spec.get();
    var state =
        new State(
            configured.ociVersion(),
            id,
            status.word(),
            Math.max(pid, 0),
            bundle,
            configured.annotations());
    try (Fd written = Memfd.create("state");
        Fd output = Memfd.create("hook output");
        HeldFd container = pid > 0 ? process(pid) : HeldFd.none()) {
      written.writeFully(ByteBuffer.wrap(OciJson.write(state)));
      try (Fd input = HostFile.reading(written.path())) {
        Optional<Fd> process = container.fd();
        try (Launch launch =
            context.launcher().launch(plan.plan(), HookPlan.slots(plan, input, output, process))) {
          ProcessIdentity started = launch.await(LaunchListener.NONE);
          finish(name, hook, launch, started, output);
        }
      }
    } catch (LinuxException e) {
      throw new RuncFailure.Failed("run " + name + " '" + hook.path() + "'", e);
    }
  }

  /** The container's process by descriptor, so that a later one of its number is never entered. */
  private static HeldFd process(int pid) throws LinuxException {
    try (PidFd process = PidFd.open(pid)) {
      return HeldFd.of(process.fd().duplicate());
    }
  }

  private static void finish(
      String name, Hook hook, Launch launch, ProcessIdentity process, Fd output)
      throws IOException, RuncFailure {
    Optional<ExitStatus> status = exit(hook, launch);
    if (status.isEmpty()) {
      kill(process);
      throw new RuncFailure.Failed(
          "error running %s '%s': hook ran past specified timeout of %.1fs"
              .formatted(name, hook.path(), (double) hook.timeout().orElse(0)));
    }
    if (!(status.get() instanceof ExitStatus.Exited(int code) && code == 0)) {
      String said;
      try (Fd reading = HostFile.reading(output.path())) {
        said = KernelFile.read(reading).strip();
      }
      byte[] raw = said.getBytes(StandardCharsets.ISO_8859_1);
      throw new RuncFailure.Failed(
          "error running %s '%s': %s, output: %s"
              .formatted(
                  name, hook.path(), shown(status.get()), new String(raw, StandardCharsets.UTF_8)));
    }
  }

  private static String shown(ExitStatus status) {
    return switch (status) {
      case ExitStatus.Exited(int code) -> "exit status " + code;
      case ExitStatus.Killed(Signal signal, _) -> "signal " + signal;
      case ExitStatus.Unknown _ -> "unknown exit";
    };
  }

  /** How the hook ended; empty if its time was over first. */
  private static Optional<ExitStatus> exit(Hook hook, Launch launch) throws IOException {
    long end = System.nanoTime() + Duration.ofSeconds(hook.timeout().orElse(0)).toNanos();
    while (true) {
      HelperMessage message;
      try {
        message =
            hook.timeout().isPresent()
                ? launch
                    .connection()
                    .next(Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime())))
                : launch.next();
      } catch (LinuxException e) {
        if (e.is(Errno.ETIMEDOUT)) {
          return Optional.empty();
        }
        throw e;
      }
      switch (message) {
        case HelperMessage.Exited(ProcessExit exit) -> {
          return Optional.of(exit.status());
        }
        case HelperMessage.Ended _ -> {
          return Optional.of(new ExitStatus.Unknown());
        }
        default -> {
          // warnings and traces: nothing that changes how it ends
        }
      }
    }
  }

  private static void kill(ProcessIdentity process) throws LinuxException {
    try (PidFd fd = PidFd.open(process.pid())) {
      var _ = fd.send(Signal.SIGKILL);
    } catch (LinuxException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
    }
  }
}
