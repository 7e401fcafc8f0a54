package org.jcontainerd.jrunc.launch;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.process.ExitStatus;

/** A launcher and a root for tests that run whole plans. */
final class PlanRig implements AutoCloseable {
  /** What a process printed, and how it ended. */
  record Result(String output, ExitStatus status) {}

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final Path root;
  final KernelWaiter waiter;
  final Launcher launcher;
  final List<StepFailure> warnings = new ArrayList<>();
  private final Leaks leaks;

  PlanRig(Path directory) throws IOException {
    waiter = KernelWaiter.start("test helpers", (what, failure) -> failure.printStackTrace());
    launcher = Launcher.open(waiter);
    root = TestRoot.make(directory);
    leaks = Leaks.begin(directory);
  }

  TestPlan plan(String... arguments) {
    return TestPlan.of(root, arguments);
  }

  TestPlan shell(String script) {
    return plan("sh", "-c", script);
  }

  /** Runs a plan to the end of its process. */
  Result run(TestPlan plan) throws Exception {
    var pipe = Pipe.create();
    try (var readEnd = pipe.readEnd();
        var launch = plan.output(pipe).launch(launcher)) {
      launch.await(
          new LaunchListener() {
            @Override
            public void warned(StepFailure failure) {
              warnings.add(failure);
            }
          });
      var text = ByteBuffer.allocate(1 << 16);
      while (readEnd.read(text) >= 0) {} // until all writers have closed
      return new Result(
          new String(text.array(), 0, text.position(), StandardCharsets.UTF_8),
          launch.exited().get().status());
    }
  }

  /** Runs a plan that has to fail. */
  StepFailure fail(TestPlan plan) throws Exception {
    try (var launch = plan.launch(launcher)) {
      var failed = assertThrows(PlanFailedException.class, () -> launch.await(LaunchListener.NONE));
      // the report comes from the child; what the helper undoes it undoes before its end
      while (!(launch.connection().next(PATIENCE) instanceof HelperMessage.Ended)) {}
      return failed.failure();
    }
  }

  @Override
  public void close() throws IOException {
    launcher.close();
    leaks.check();
    waiter.close();
  }
}
