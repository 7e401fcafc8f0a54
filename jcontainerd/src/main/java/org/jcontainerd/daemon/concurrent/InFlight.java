package org.jcontainerd.daemon.concurrent;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Operations under way, by name. A second call with the same name and the same request joins the
 * first and gets its result (or its failure); with another request it is refused by the caller's
 * {@code conflict}. This is what makes a retry after a client's timeout harmless. Thread-safe.
 *
 * @param <Q> the request, compared by {@code equals}
 * @param <R> the result
 */
public final class InFlight<Q, R> {
  private record Running<Q, R>(Q request, CompletableFuture<R> result) {}

  private final ConcurrentHashMap<String, Running<Q, R>> running = new ConcurrentHashMap<>();

  /** Runs {@code work}, or joins the one under way with the same name. */
  public R run(String name, Q request, Callable<R> work, Callable<? extends Exception> conflict)
      throws Exception {
    var mine = new Running<>(request, new CompletableFuture<R>());
    var other = running.putIfAbsent(name, mine);
    if (other != null) {
      if (!other.request().equals(request)) {
        throw conflict.call();
      }
      return await(other.result());
    }
    try {
      R result = work.call();
      mine.result().complete(result);
      return result;
    } catch (Throwable t) {
      mine.result().completeExceptionally(t);
      throw t;
    } finally {
      running.remove(name, mine);
    }
  }

  private static <R> R await(CompletableFuture<R> result) throws Exception {
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
