package org.jcontainerd.jrunc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.process.ExitStatus;
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
    try (var launch = TestPlan.of(root, "true").launch(launcher)) {
      launch.await(LaunchListener.NONE);
      assertEquals(new ExitStatus.Exited(0), launch.exited().get().status());
    }
  }

  @Test
  void launch_hundredTimes_printsItsTime() throws Exception {
    for (int round = 0; round < 3; round++) {
      long[] started = new long[100];
      long[] exited = new long[100];
      for (int i = 0; i < 100; i++) {
        long begin = System.nanoTime();
        try (var launch = TestPlan.of(root, "true").launch(launcher)) {
          launch.await(LaunchListener.NONE);
          started[i] = System.nanoTime() - begin;
          var _ = launch.exited().get();
          exited[i] = System.nanoTime() - begin;
        }
      }
      Arrays.sort(started);
      Arrays.sort(exited);
      System.out.printf(
          "started p50 %.2f p95 %.2f ms, exited p50 %.2f p95 %.2f ms%n",
          started[50] / 1e6, started[95] / 1e6, exited[50] / 1e6, exited[95] / 1e6);
    }
  }
}
