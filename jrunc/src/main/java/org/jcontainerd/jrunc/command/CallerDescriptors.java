package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.process.ProcessAttributes;
import org.jcontainerd.oci.runtime.ProcessSpec;

/**
 * Descriptors that the program was started with. They are never closed here: they end with the
 * program.
 *
 * @param preserved those that the process gets from 3 on
 * @param sockets how many of them are systemd's, see sd_listen_fds(3)
 */
record CallerDescriptors(List<Fd> preserved, int sockets) {
  /** O_CLOEXEC, of x86-64 and arm64 alike. */
  private static final long CLOSE_ON_EXEC = 02000000;

  /** Those of {@code --preserve-fds}, and before them systemd's if they are for this process. */
  static CallerDescriptors of(Arguments arguments, Map<String, String> environment)
      throws IOException, UsageException {
    return of(arguments, sockets(environment));
  }

  /** Those of {@code --preserve-fds} alone. */
  static CallerDescriptors preserved(Arguments arguments) throws IOException, UsageException {
    return of(arguments, 0);
  }

  private static CallerDescriptors of(Arguments arguments, int sockets)
      throws IOException, UsageException {
    long wanted = arguments.number("preserve-fds").orElse(0L);
    if (wanted < 0) {
      throw new UsageException("invalid value \"" + wanted + "\" for flag -preserve-fds");
    }
    var preserved = new ArrayList<Fd>();
    for (int i = 0; i < sockets + wanted; i++) {
      if (!isInherited(3 + i)) {
        throw new UsageException(
            i < sockets
                ? "LISTEN_FDS is %d, but descriptor %d is not open".formatted(sockets, 3 + i)
                : "unable to stat preserved-fd %d (of %d): no such file or directory"
                    .formatted(i - sockets, wanted));
      }
      preserved.add(Fd.adopt(3 + i, "preserved descriptor " + (3 + i)));
    }
    return new CallerDescriptors(preserved, sockets);
  }

  /** sd_listen_fds(3): only for the process that LISTEN_PID names. */
  private static int sockets(Map<String, String> environment) throws UsageException {
    String pid = environment.getOrDefault("LISTEN_PID", "");
    String count = environment.getOrDefault("LISTEN_FDS", "");
    if (count.isEmpty() || !pid.equals(Integer.toString(ProcessAttributes.pid()))) {
      return 0;
    }
    try {
      return Math.max(0, Integer.parseInt(count));
    } catch (NumberFormatException e) {
      throw new UsageException("environment variable LISTEN_FDS: " + e.getMessage());
    }
  }

  /**
   * Whether the descriptor came with the start of this program: those that the JVM has opened
   * itself are close-on-exec, but for its image of modules.
   */
  private static boolean isInherited(int number) throws IOException {
    Optional<String> info = KernelFile.readIfPresent(Path.of("/proc/self/fdinfo/" + number));
    if (info.isEmpty()) {
      return false;
    }
    long flags =
        info.get()
            .lines()
            .filter(line -> line.startsWith("flags:"))
            .mapToLong(line -> Long.parseLong(line.substring(6).strip(), 8))
            .findFirst()
            .orElse(0);
    Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + number));
    return (flags & CLOSE_ON_EXEC) == 0
        && !target.equals(Path.of(System.getProperty("java.home"), "lib", "modules"));
  }

  static Stdio.Inherited streams() {
    return new Stdio.Inherited(Fd.adopt(0, "stdin"), Fd.adopt(1, "stdout"), Fd.adopt(2, "stderr"));
  }

  /** The process with the environment that tells it of its sockets. */
  ProcessSpec announce(ProcessSpec process) {
    if (sockets == 0) {
      return process;
    }
    var env = new ArrayList<>(process.env());
    env.add("LISTEN_FDS=" + sockets);
    env.add("LISTEN_PID=1");
    return process.toBuilder().env(env).build();
  }
}
