package org.jcontainerd.daemon.shim;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for the end of tasks, one virtual thread each, across deaths of the shim. Thread-safe. */
public final class ExitWaiter {
  private static final Logger log = LoggerFactory.getLogger(ExitWaiter.class);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

  private final Shim shim;

  /** What to do at the end; a failure is logged. */
  @FunctionalInterface
  public interface OnExit {
    /**
     * @param exit empty if the shim knows no such task: nobody saw how it ended
     */
    void ended(Optional<TaskExit> exit) throws Exception;
  }

  public ExitWaiter(Shim shim) {
    this.shim = shim;
  }

  /** Calls {@code action} once, when the task has ended. */
  public void onExit(String id, OnExit action) {
    var _ =
        Thread.ofVirtual()
            .name("exit of " + id)
            .start(() -> {
              try {
                action.ended(await(id));
              } catch (Exception e) {
                log.atError().setCause(e).addKeyValue("task", id).log("exit not recorded");
              }
            });
  }

  private Optional<TaskExit> await(String id) {
    while (true) {
      try {
        return Optional.of(shim.await(id, ""));
      } catch (ShimFailure.NotFound e) {
        return Optional.empty();
      } catch (ShimFailure e) {
        // no shim answers and none could be started: the processes run on, ask again
        log.atWarn().addKeyValue("task", id).addKeyValue("error", e.getMessage()).log("wait again");
        LockSupport.parkNanos(this, BETWEEN_ATTEMPTS.toNanos());
      }
    }
  }
}
