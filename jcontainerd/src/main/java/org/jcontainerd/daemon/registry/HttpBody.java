package org.jcontainerd.daemon.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.snapshotter.layer.ByteChunks;

/**
 * The body of an answer, as the buffers in which it came from the socket. {@link #next} is confined
 * to one thread.
 *
 * <p>The HTTP client's own stream has no limit on how long it waits; this gives up when nothing
 * arrives for the stall limit. {@link #close} before the end drops the connection.
 */
final class HttpBody implements BodySubscriber<HttpBody>, ByteChunks, AutoCloseable {
  private static final ByteBuffer END = ByteBuffer.allocate(0);

  /** Portions that may wait here; one has at most some 16 KiB buffers. */
  private static final int WINDOW = 16;

  private final Duration stall;
  private final BlockingQueue<Portion> queue = new LinkedBlockingQueue<>();
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final Deque<ByteBuffer> current = new ArrayDeque<>();

  private sealed interface Portion {
    record Data(List<ByteBuffer> buffers) implements Portion {}

    record Done() implements Portion {}

    record Failed(Throwable cause) implements Portion {}
  }

  HttpBody(Duration stall) {
    this.stall = stall;
  }

  @Override
  public CompletionStage<HttpBody> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription started) {
    if (!subscription.complete(started)) {
      started.cancel();
      return;
    }
    started.request(WINDOW);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    queue.add(new Portion.Data(buffers));
  }

  @Override
  public void onError(Throwable cause) {
    queue.add(new Portion.Failed(cause));
  }

  @Override
  public void onComplete() {
    queue.add(new Portion.Done());
  }

  @Override
  public ByteBuffer next() throws IOException {
    while (true) {
      var buffer = current.poll();
      if (buffer == null) {
        if (!receive()) {
          return END;
        }
      } else if (buffer.hasRemaining()) {
        return withArray(buffer);
      }
    }
  }

  private static ByteBuffer withArray(ByteBuffer buffer) {
    if (buffer.hasArray()) {
      return buffer;
    }
    // the client gives read-only views of its heap buffers
    var copy = ByteBuffer.allocate(buffer.remaining());
    return copy.put(buffer).flip();
  }

  private boolean receive() throws IOException {
    switch (poll()) {
      case Portion.Data(var buffers) -> {
        current.addAll(buffers);
        subscription.join().request(1);
        return true;
      }
      case Portion.Done() -> {
        queue.add(new Portion.Done()); // for whoever asks again
        return false;
      }
      case Portion.Failed(var cause) ->
          throw new IOException("read body: " + describe(cause), cause);
    }
  }

  private static String describe(Throwable cause) {
    var message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private Portion poll() throws IOException {
    try {
      var portion = queue.poll(stall.toNanos(), TimeUnit.NANOSECONDS);
      if (portion == null) {
        throw new IOException("read body: nothing arrived for " + stall.toSeconds() + " s");
      }
      return portion;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var interrupted = new InterruptedIOException("read body: interrupted");
      var _ = interrupted.initCause(e);
      throw interrupted;
    }
  }

  /**
   * All of the body.
   *
   * @throws EndpointException if it has more than {@code limit} bytes
   */
  byte[] readAll(int limit) throws IOException {
    var all = new java.io.ByteArrayOutputStream();
    for (var chunk = next(); chunk.hasRemaining(); chunk = next()) {
      if (all.size() + chunk.remaining() > limit) {
        throw new EndpointException(
            EndpointException.Kind.MALFORMED, "answer has more than " + limit + " bytes");
      }
      all.write(chunk.array(), chunk.arrayOffset() + chunk.position(), chunk.remaining());
    }
    return all.toByteArray();
  }

  /** Drops the connection unless the body has been read to its end. */
  @Override
  public void close() {
    if (subscription.isDone()) {
      subscription.join().cancel();
    }
  }
}
