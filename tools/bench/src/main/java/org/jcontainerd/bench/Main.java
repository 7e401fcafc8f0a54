package org.jcontainerd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.testing.runtime.ContainerdRuntime;
import org.jcontainerd.testing.runtime.JcontainerdRuntime;
import org.jcontainerd.testing.runtime.Locations;
import org.jcontainerd.testing.runtime.TestRegistry;

/**
 * Measures jcontainerd and the distribution's containerd in turn, in one run, on the same images
 * and the same network configuration. Prints a table; it and JSON lines with every value are left
 * in {@code target/bench/results.md} and {@code results.jsonl}, those of the OCI runtimes in {@code
 * oci.md} and {@code oci.jsonl}. Options: {@code --only NAME} (oci, start, pod, many, pull, log;
 * may be repeated), {@code --rounds N}, {@code --runtime NAME} (that one alone).
 */
public final class Main {
  private static final String OURS = "jcontainerd";
  private static final String PEER = "containerd";
  private static final String OCI = "oci";
  private static final int OCI_ROUNDS = 50;

  private final List<String> only = new ArrayList<>();
  private List<String> runtimes = List.of(OURS, PEER);
  private Optional<Integer> rounds = Optional.empty();

  public static void main(String[] args) throws Exception {
    var bench = new Main();
    bench.parse(args);
    bench.run("bin/bench " + String.join(" ", args));
  }

  private void parse(String[] args) {
    for (var words = Arrays.asList(args).iterator(); words.hasNext(); ) {
      String option = words.next();
      if (!words.hasNext()) {
        throw new IllegalArgumentException("bench: '" + option + "' needs a value or is unknown");
      }
      switch (option) {
        case "--only" -> only.add(words.next());
        case "--rounds" -> rounds = Optional.of(Integer.parseInt(words.next()));
        case "--runtime" -> runtimes = List.of(known(words.next()));
        default -> throw new IllegalArgumentException("bench: unknown option '" + option + "'");
      }
    }
  }

  private static String known(String runtime) {
    if (!runtime.equals(OURS) && !runtime.equals(PEER)) {
      throw new IllegalArgumentException("bench: unknown runtime '" + runtime + "'");
    }
    return runtime;
  }

  private void run(String command) throws Exception {
    Path work = Files.createDirectories(Locations.checkout().resolve("target/bench"));
    boolean all = only.isEmpty();
    if (all || only.remove(OCI)) {
      oci(command, work);
      if (!all && only.isEmpty()) {
        return;
      }
    }
    Path directory = Files.createTempDirectory(Path.of("/tmp"), "jcbench");
    var targets = new ArrayList<Target>();
    try (var registry = TestRegistry.start(work.resolve("images"), directory.resolve("registry"))) {
      var scenarios = scenarios(registry); // names that do not exist end it before anything runs
      try {
        for (String runtime : runtimes) {
          targets.add(start(runtime, directory, registry));
        }
        var report = new Report(Machine.describe(command, targets));
        for (Scenario scenario : scenarios) {
          measure(scenario, targets, report);
          report.write(work, OURS, PEER); // after each, so that a failure later loses nothing
        }
        System.out.print(report.markdown(OURS, PEER));
      } finally {
        for (Target target : targets) {
          target.close();
        }
      }
    } finally {
      Files.deleteIfExists(directory);
    }
  }

  private void oci(String command, Path work) throws IOException {
    List<String> circumstances = Machine.describe(command, List.of());
    try (var bench = OciBench.start()) {
      bench.measure(rounds.orElse(OCI_ROUNDS));
      OciTable table = bench.table();
      String text = "- " + String.join("\n- ", circumstances) + "\n\n" + table.markdown();
      Files.writeString(work.resolve("oci.md"), text);
      Files.writeString(work.resolve("oci.jsonl"), Report.lines(table.samples()));
      System.out.print(text);
    }
  }

  private static Target start(String runtime, Path directory, TestRegistry registry)
      throws IOException, InterruptedException {
    Path place = directory.resolve(runtime);
    var target =
        new Target(
            runtime.equals(OURS)
                ? JcontainerdRuntime.start(place)
                : ContainerdRuntime.start(place, registry.pause()));
    var _ = target.pods().pull(registry.busybox());
    return target;
  }

  private List<Scenario> scenarios(TestRegistry registry) throws IOException, InterruptedException {
    var all = new ArrayList<Scenario>();
    all.add(new PodLife(registry.busybox()));
    all.add(new ManyPods(registry.busybox()));
    all.add(new LogThroughput(registry.busybox()));
    if (only.isEmpty() || only.contains("pull")) {
      all.add(new PullLarge(registry.large()));
    }
    all.add(new DaemonStart(registry.busybox()));
    all.removeIf(each -> !only.isEmpty() && !only.contains(each.name()));
    if (all.isEmpty()) {
      throw new IllegalArgumentException("bench: no scenario is called any of " + only);
    }
    return all;
  }

  /**
   * Rounds in turn, so that what else happens on the machine meets both, and the first of one round
   * is the last of the next, so that none always finds the caches that the other left.
   */
  private void measure(Scenario scenario, List<Target> targets, Report report) throws Exception {
    List<Recorder> recorders = targets.stream().map(each -> new Recorder(each.name())).toList();
    int counted = rounds.orElse(scenario.rounds());
    for (int round = -scenario.warmUpRounds(); round < counted; round++) {
      System.err.println(
          "bench: " + scenario.name() + (round < 0 ? ", warm-up" : " " + (round + 1)));
      for (int i = 0; i < targets.size(); i++) {
        int turn = Math.floorMod(round, 2) == 0 ? i : targets.size() - 1 - i;
        Target target = targets.get(turn);
        scenario.round(target, round < 0 ? new Recorder(target.name()) : recorders.get(turn));
      }
    }
    for (Recorder recorder : recorders) {
      report.add(recorder.samples());
    }
  }
}
