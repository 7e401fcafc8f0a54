package org.jcontainerd.daemon.network;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jcontainerd.cni.CniFailure;

/**
 * Runs work that may wait in the kernel on a platform thread, so that no carrier of virtual threads
 * waits; on the calling thread if that is one.
 */
final class PlatformThread {
  /** The work. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws CniFailure, IOException;
  }

  /** The work, without an answer. */
  @FunctionalInterface
  interface Action {
    void run() throws CniFailure, IOException;
  }

  private PlatformThread() {}

  static void run(String name, Action action) throws CniFailure, IOException {
    var _ =
        call(
            name,
            () -> {
              action.run();
              return name;
            });
  }

  static <T> T call(String name, Work<T> work) throws CniFailure, IOException {
    if (!Thread.currentThread().isVirtual()) {
      return work.run();
    }
    var task = new FutureTask<T>(work::run);
    Thread.ofPlatform().name(name).start(task);
    return await(task);
  }

  /** Waits to the end even if interrupted: what plugins make must not be left unknown. */
  private static <T> T await(FutureTask<T> task) throws CniFailure, IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case CniFailure failure -> throw failure;
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new AssertionError("work throws nothing else", e);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
