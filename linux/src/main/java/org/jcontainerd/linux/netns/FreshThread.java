package org.jcontainerd.linux.netns;

import org.jcontainerd.linux.LinuxException;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread for one piece of work that changes the thread itself (setns, unshare,
 * capability sets), and that therefore ends with it.
 */
public final class FreshThread<T, E extends Exception> {
  /** What to do on the thread. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /** What to do to the thread first. */
  @FunctionalInterface
  interface Change {
    void apply() throws LinuxException;
  }

  private final Change change;
  private final Work<T, E> work;
  private @Nullable T result;
  private @Nullable Throwable failure;

  private FreshThread(Change change, Work<T, E> work) {
    this.change = change;
    this.work = work;
  }

  /**
   * Changes a new thread, runs {@code work} on it, waits for its end, and passes on the outcome.
   */
  @SuppressWarnings({
    "unchecked",
    "NullAway"
  }) // result is set if failure is not; what is neither ours nor unchecked can only be an E of the
  // work
  static <T, E extends Exception> T call(String name, Change change, Work<T, E> work)
      throws LinuxException, E {
    var fresh = new FreshThread<>(change, work);
    Thread thread =
        Thread.ofPlatform()
            .name(name)
            .daemon(true)
            .inheritInheritableThreadLocals(false)
            .start(fresh::run);
    awaitEnd(thread);
    switch (fresh.failure) {
      case null -> {
        return fresh.result;
      }
      case LinuxException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw (E) e;
    }
  }

  private void run() {
    try {
      change.apply();
      result = work.run();
    } catch (Throwable e) { // handed to the caller, whatever it is
      failure = e;
    }
  }

  /** Joins to the end even if interrupted: what the work has made must not be left behind. */
  private static void awaitEnd(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException _) {
        interrupted = true;
        thread.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
