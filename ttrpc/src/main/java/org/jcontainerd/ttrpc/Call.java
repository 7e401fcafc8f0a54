package org.jcontainerd.ttrpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a handler knows of its call beyond the request. A call ends for its caller at its deadline
 * or with its connection; the handler is not interrupted by either (interrupts close NIO channels),
 * but {@link #await} returns then.
 *
 * @param deadlineNanos as {@link System#nanoTime}, or {@link Long#MAX_VALUE} for none
 * @param disconnected done when the connection is gone
 * @param answered done when the answer to this call is written, for what must not happen before;
 *     never if the connection is gone
 */
public record Call(
    Metadata metadata,
    long deadlineNanos,
    CompletableFuture<Void> disconnected,
    CompletableFuture<Void> answered) {

  /** containerd's namespace of the call. @throws TtrpcException INVALID_ARGUMENT without one */
  public String namespace() throws TtrpcException {
    return metadata
        .first(Metadata.NAMESPACE)
        .filter(value -> !value.isEmpty())
        .orElseThrow(() ->
            new TtrpcException(
                Code.INVALID_ARGUMENT,
                "namespace is required, send metadata '" + Metadata.NAMESPACE + "'"));
  }

  /**
   * Waits for {@code stage}, as long as somebody waits for the call.
   *
   * @throws ExecutionException if the stage failed
   * @throws TtrpcException DEADLINE_EXCEEDED or CANCELLED
   */
  public <T> T await(CompletionStage<T> stage)
      throws ExecutionException, InterruptedException, TtrpcException {
    var future = stage.toCompletableFuture();
    var first = CompletableFuture.anyOf(future, disconnected);
    try {
      if (deadlineNanos == Long.MAX_VALUE) {
        var _ = first.get();
      } else {
        var _ = first.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (TimeoutException e) {
      throw new TtrpcException(Code.DEADLINE_EXCEEDED, "deadline of the call is over", e);
    }
    if (!future.isDone()) {
      throw new TtrpcException(Code.CANCELLED, "caller closed its connection");
    }
    return future.get();
  }
}
