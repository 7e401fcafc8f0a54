package org.jcontainerd.jshim.stdio;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jcontainerd.jshim.log.LogBuffers;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.loop.FailureSink;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jspecify.annotations.Nullable;

/**
 * One thread that moves the bytes of many processes, and the buffers it moves them through. A
 * process belongs to one loop for its life; everything about its streams happens there, a bounded
 * turn at a time, so that a noisy one does not starve the others. Thread-safe.
 */
public final class IoLoop implements AutoCloseable {
  private final KernelWaiter waiter;
  private final LogBuffers buffers = new LogBuffers();

  private IoLoop(KernelWaiter waiter) {
    this.waiter = waiter;
  }

  public static IoLoop start(String name, FailureSink failures) throws LinuxException {
    return new IoLoop(KernelWaiter.start(name, failures));
  }

  public KernelWaiter waiter() {
    return waiter;
  }

  /** Buffers for use on the loop's thread alone. */
  public LogBuffers buffers() {
    return buffers;
  }

  /** Work for the loop that may fail with I/O. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException;
  }

  /** Runs {@code work} on the loop and waits for its result. Not to be called on the loop. */
  public <T> T call(Work<T> work) throws IOException {
    var result = new CompletableFuture<T>();
    waiter.execute(() -> {
      try {
        result.complete(work.run());
      } catch (IOException | RuntimeException e) {
        result.completeExceptionally(e);
      }
    });
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for an I/O loop", e);
    }
  }

  /** Work for the loop without a result. */
  @FunctionalInterface
  public interface Action {
    void run() throws IOException;
  }

  /** As {@link #call}, without a result. */
  public void run(Action action) throws IOException {
    var _ =
        call(() -> {
          action.run();
          return true;
        });
  }

  private static IOException failure(@Nullable Throwable cause) {
    return switch (cause) {
      case LinuxException kernel -> kernel;
      case IOException io -> new IOException(io.getMessage(), io);
      case RuntimeException bug -> throw bug;
      case null, default -> throw new IllegalStateException(cause);
    };
  }

  @Override
  public void close() {
    waiter.close();
  }
}
