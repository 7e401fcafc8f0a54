package org.jcontainerd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.testing.runtime.Locations;

/**
 * The OCI runtimes on one bundle, in turn: the command lines of jrunc, runc and crun, our library
 * in a JVM that is warm, and the kernel alone. Each is driven by a {@link Stopwatch}; the library's
 * is a program of jrunc's test classes, so that the bench links nothing of the runtime.
 */
final class OciBench implements AutoCloseable {
  static final String RUN = "run: create, start, wait, delete";
  static final String LIBRARY = "library";
  static final String KERNEL = "kernel";

  /** For page caches; and for our library, whose JVM is warm where it is used. */
  private static final int WARM_UP = 2;

  private static final int LIBRARY_WARM_UP = 200;
  private static final Path UNIFIED = Path.of("/sys/fs/cgroup/unified");

  private final Path directory;
  private final OciBundles bundles;
  private final List<Runner> runners = new ArrayList<>();
  private long helperKilobytes;

  /**
   * One that is measured.
   *
   * @param program of a command line; empty where a round is all that can be asked for
   */
  private record Runner(String name, Optional<Path> program, Stopwatch watch, Recorder recorder) {}

  private OciBench(Path directory) throws IOException {
    this.directory = directory;
    this.bundles = OciBundles.create(directory);
  }

  /** Compiles and starts what measures. */
  static OciBench start() throws IOException {
    var bench = new OciBench(Files.createTempDirectory(Path.of("/tmp"), "jcbench-oci"));
    try {
      bench.open();
      return bench;
    } catch (IOException e) {
      bench.close();
      throw e;
    }
  }

  private void open() throws IOException {
    String rounds = compile().toString();
    add(KERNEL, Optional.empty(), rounds, "floor", bundles.root().toString());
    add(LIBRARY, Optional.empty(), library());
    add("jrunc", Optional.of(Locations.program("bin/jrunc")), rounds, "spawn");
    add("runc", Optional.of(Locations.peer("runc")), rounds, "spawn");
    // crun refuses a hybrid layout that has controllers in the unified tree
    String[] spawn =
        Files.isDirectory(UNIFIED)
            ? new String[] {rounds, "spawn", "--hide", UNIFIED.toString()}
            : new String[] {rounds, "spawn"};
    add("crun", Optional.of(Locations.peer("crun")), spawn);
  }

  private void add(String name, Optional<Path> program, String... command) throws IOException {
    var watch = Stopwatch.start(List.of(command), directory.resolve(name + ".log"));
    runners.add(new Runner(name, program, watch, new Recorder(name)));
  }

  private Path compile() throws IOException {
    Path program = directory.resolve("rounds");
    Path source = Locations.checkout().resolve("tools/bench/src/main/c/rounds.c");
    var gcc =
        new ProcessBuilder("gcc", "-std=gnu11", "-O2", "-static", "-o", "" + program, "" + source)
            .inheritIO()
            .start();
    int code = gcc.onExit().join().exitValue();
    if (code != 0) {
      throw new IOException("bench: gcc '" + source + "': exit code " + code);
    }
    return program;
  }

  private String[] library() {
    Path checkout = Locations.checkout();
    return new String[] {
      Path.of(System.getProperty("java.home"), "bin/java").toString(),
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1", // as the shim is started
      "--enable-native-access=ALL-UNNAMED",
      "-cp",
      checkout.resolve("jrunc/target/test-classes") + ":" + Locations.home().resolve("lib") + "/*",
      "org.jcontainerd.jrunc.bench.LibraryRounds",
      bundles.ending().toString(),
      directory.resolve("state-library").toString()
    };
  }

  /** Rounds of all, the first of one round the last of the next. */
  void measure(int rounds) throws IOException {
    for (Runner each : runners) {
      for (int i = 0; each.program().isEmpty() && i < LIBRARY_WARM_UP; i++) {
        round(each, new Recorder(each.name()));
      }
    }
    for (int round = -WARM_UP; round < rounds; round++) {
      for (Runner each : Math.floorMod(round, 2) == 0 ? runners : runners.reversed()) {
        round(each, round < 0 ? new Recorder(each.name()) : each.recorder());
      }
    }
  }

  private void round(Runner runner, Recorder recorder) throws IOException {
    if (runner.program().isEmpty()) {
      var lap = runner.watch().lap("round");
      recorder.add(RUN, Samples.Unit.MILLISECONDS, lap.milliseconds());
      helperKilobytes = Math.max(helperKilobytes, lap.kilobytes());
      return;
    }
    String program = runner.program().get().toString();
    var steps = new Steps(runner, program, directory.resolve("state-" + runner.name()), recorder);
    try {
      commands(steps);
    } catch (IOException e) {
      steps.take("delete", "delete", "--force", "waiting"); // the next run needs its cgroup
      throw e;
    }
    if (runner.name().equals("jrunc")) {
      stages(steps);
    }
  }

  private void commands(Steps steps) throws IOException {
    steps.take(RUN, "run", "--bundle", bundles.ending().toString(), "ending");
    steps.take("create", "create", "--bundle", bundles.waiting().toString(), "waiting");
    steps.take("start", "start", "waiting");
    steps.take("state", "state", "waiting");
    steps.take("exec", "exec", "waiting", "/bin/true");
    steps.take("kill", "kill", "waiting", "KILL");
    steps.take("delete", "delete", "--force", "waiting");
  }

  /**
   * Commands that each do what the one before does and something more: where a command's time goes.
   */
  private void stages(Steps steps) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    var flags = "-XX:+UseSerialGC\t-XX:TieredStopAtLevel=1\t-XX:-UsePerfData\t-Xshare:auto";
    var alone = steps.runner().watch().lap(java + "\t" + flags + "\t--version");
    steps.recorder().add("stage: a JVM", Samples.Unit.MILLISECONDS, alone.milliseconds());
    steps.take("stage: and jrunc's classes (--version)", "--version");
    steps.take("stage: and a look at the host (features)", "features");
    steps.take("stage: and the plan (plan)", "plan", "--bundle", bundles.ending().toString());
  }

  /** Commands of one round on one runtime. */
  private record Steps(Runner runner, String program, Path state, Recorder recorder) {
    void take(String figure, String... words) throws IOException {
      var line = new ArrayList<>(List.of(program, "--root", state.toString()));
      line.addAll(List.of(words));
      var lap = runner.watch().lap(String.join("\t", line));
      recorder.add(figure, Samples.Unit.MILLISECONDS, lap.milliseconds());
    }
  }

  /** What was measured, as a table. */
  OciTable table() {
    var samples = new ArrayList<Samples>();
    runners.forEach(each -> samples.addAll(each.recorder().samples()));
    return new OciTable(samples, helperKilobytes);
  }

  @Override
  public void close() throws IOException {
    for (Runner runner : runners) {
      runner.watch().close();
    }
    try (var tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
