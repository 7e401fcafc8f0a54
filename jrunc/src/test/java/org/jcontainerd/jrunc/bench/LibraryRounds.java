package org.jcontainerd.jrunc.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jcontainerd.jrunc.CreateRequest;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.JruncOptions;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.jrunc.keeper.KeeperClient;
import org.jcontainerd.linux.loop.KernelWaiter;

/**
 * The library as a shim uses it, for the bench, which starts this program and never links the
 * library: one round for each line on standard input, answered by a line with the nanoseconds from
 * create to the end of delete, the program's exit code, and the most memory that the helper had, in
 * kilobytes. Arguments: the bundle, and a directory for the state.
 */
public final class LibraryRounds {
  private static final long PATIENCE_SECONDS = 20;

  private LibraryRounds() {}

  public static void main(String[] arguments) throws Exception {
    Path bundle = Path.of(arguments[0]);
    var in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    Consumer<String> warnings = line -> System.err.println(line);
    try (var waiter =
            KernelWaiter.start("bench", (what, failure) -> warnings.accept(what + ": " + failure));
        var jrunc = Jrunc.open(JruncOptions.daemon(Path.of(arguments[1]), waiter, warnings))) {
      for (int round = 0; in.readLine() != null; round++) {
        System.out.println(round(jrunc, bundle, "library-" + round));
      }
    }
  }

  private static String round(Jrunc jrunc, Path bundle, String id) throws Exception {
    long began = System.nanoTime();
    var stdio = new Stdio.KeeperPipes(false, true, true);
    var process = jrunc.create(CreateRequest.kept(id, bundle, Optional.empty(), stdio));
    try (KeeperClient keeper = process.keeper().orElseThrow()) {
      jrunc.start(id);
      var exit = keeper.exited().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      long looking = System.nanoTime();
      long memory = peakMemory();
      long looked = System.nanoTime() - looking;
      if (!keeper.retire()) {
        throw new IllegalStateException("keeper of '" + id + "' stays");
      }
      jrunc.delete(id, false);
      long took = System.nanoTime() - began - looked;
      removeRecords(bundle.resolve("init"));
      return took + " " + exit.status().shellCode() + " " + memory;
    }
  }

  /** What the kernel kept of our only child, the helper: VmHWM of proc_pid_status(5). */
  private static long peakMemory() throws IOException {
    var helper = ProcessHandle.current().children().findFirst().orElseThrow();
    for (String line : Files.readAllLines(Path.of("/proc/" + helper.pid() + "/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no VmHWM of process " + helper.pid());
  }

  /** The shim keeps them for whoever asks; the next round needs the place. */
  private static void removeRecords(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.delete(directory);
  }
}
