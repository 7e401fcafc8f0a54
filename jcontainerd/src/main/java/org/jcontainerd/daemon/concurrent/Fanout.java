package org.jcontainerd.daemon.concurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Runs parts of one operation side by side on virtual threads and waits for all of them. When one
 * fails the others are still waited for (never interrupted: an interrupt would close the channels
 * that they share with the rest of the daemon), then the first failure is thrown with the others
 * suppressed; so no part outlives the operation.
 *
 * <p>Confined to the thread that made it.
 */
public final class Fanout {
  private final String name;
  private final List<CompletableFuture<?>> parts = new ArrayList<>();

  /**
   * @param name prefix of the threads' names
   */
  public Fanout(String name) {
    this.name = name;
  }

  /** Starts a part; its result is there after {@link #join()}. */
  public <T> Part<T> fork(String part, Callable<T> work) {
    var future = new CompletableFuture<T>();
    parts.add(future);
    var _ =
        Thread.ofVirtual()
            .name(name + ":" + part)
            .start(() -> {
              try {
                future.complete(work.call());
              } catch (Throwable t) {
                future.completeExceptionally(t);
              }
            });
    return new Part<>(future);
  }

  /** Waits for every part. @throws Exception the first failure, in the order of the forks */
  public void join() throws Exception {
    Throwable first = null;
    for (CompletableFuture<?> part : parts) {
      try {
        var _ = part.join();
      } catch (CompletionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (first == null) {
          first = cause;
        } else if (!first.equals(cause)) {
          first.addSuppressed(cause);
        }
      }
    }
    switch (first) {
      case null -> {}
      case Exception e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError("fanout '" + name + "'", first);
    }
  }

  /** A part that was forked. */
  public static final class Part<T> {
    private final CompletableFuture<T> future;

    private Part(CompletableFuture<T> future) {
      this.future = future;
    }

    /** The result; only after {@link Fanout#join()} returned. */
    public T get() {
      if (!future.isDone()) {
        throw new IllegalStateException("part read before join");
      }
      return future.join();
    }
  }
}
