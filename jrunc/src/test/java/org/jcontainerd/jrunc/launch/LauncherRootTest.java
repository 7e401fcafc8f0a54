package org.jcontainerd.jrunc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.ProcessStat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole plans on the real kernel. */
@Tag("root")
@Timeout(60)
final class LauncherRootTest {
  @TempDir Path directory;
  private KernelWaiter waiter;
  private Launcher launcher;
  private Path root;

  @BeforeEach
  void open() throws IOException {
    waiter =
        KernelWaiter.start(
            "test helpers",
            (what, failure) -> {
              throw new AssertionError(what, failure);
            });
    launcher = Launcher.open(waiter);
    root = TestRoot.make(directory);
  }

  @AfterEach
  void close() {
    launcher.close();
    waiter.close();
  }

  @Test
  void launch_trueInAllNamespaces_startsAndExits() throws Exception {
    launchTrue();
  }

  private void launchTrue() throws Exception {
    try (var launch = TestPlan.of(root, "true").launch(launcher)) {
      launch.await(LaunchListener.NONE);
      assertEquals(new ExitStatus.Exited(0), launch.exited().get().status());
    }
  }

  @Test
  void reserve_thatWasKilled_isReplaced() throws Exception {
    launchTrue();
    ProcessHandle reserve = awaitReserve();
    assertTrue(reserve.destroyForcibly());
    awaitReserves(0);
    launchTrue();
    assertNotEquals(reserve.pid(), awaitReserve().pid());
  }

  @Test
  void close_endsTheReserve() throws Exception {
    try (var own = Launcher.open(waiter);
        var launch = TestPlan.of(root, "true").launch(own)) {
      launch.await(LaunchListener.NONE);
      var _ = launch.exited().get();
      var _ = awaitReserve();
    }
    assertEquals(List.of(), reserves());
  }

  private static ProcessHandle awaitReserve() throws Exception {
    return awaitReserves(1).getFirst();
  }

  private static List<ProcessHandle> awaitReserves(int count) throws Exception {
    while (true) {
      List<ProcessHandle> reserves = reserves();
      if (reserves.size() == count) {
        return reserves;
      }
      Thread.sleep(1);
    }
  }

  private static List<ProcessHandle> reserves() throws IOException {
    var found = new ArrayList<ProcessHandle>();
    for (ProcessHandle child : ProcessHandle.current().children().toList()) {
      int pid = Math.toIntExact(child.pid());
      if (ProcessStat.read(pid)
          .filter(stat -> stat.command().equals("jrunc-reserve"))
          .isPresent()) {
        found.add(child);
      }
    }
    return found;
  }

  /** Prints how long they take; there is no bound, machines are too different. */
  @Test
  void launch_manyTimes_eachStartsAndExits() throws Exception {
    int rounds = 300;
    long[] started = new long[rounds];
    long[] exited = new long[rounds];
    for (int i = 0; i < rounds; i++) {
      long begin = System.nanoTime();
      try (var launch = TestPlan.of(root, "true").launch(launcher)) {
        launch.await(LaunchListener.NONE);
        started[i] = System.nanoTime() - begin;
        assertEquals(new ExitStatus.Exited(0), launch.exited().get().status());
        exited[i] = System.nanoTime() - begin;
      }
    }
    System.out.println("from launch to started: " + figures(started));
    System.out.println("from launch to exited:  " + figures(exited));
  }

  private static String figures(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return String.format(
        Locale.ROOT,
        "best %.2f, p50 %.2f, p95 %.2f ms",
        sorted[0] / 1e6,
        sorted[sorted.length / 2] / 1e6,
        sorted[sorted.length * 95 / 100] / 1e6);
  }
}
