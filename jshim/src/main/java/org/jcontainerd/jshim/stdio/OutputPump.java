package org.jcontainerd.jshim.stdio;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.loop.Registration;
import org.jspecify.annotations.Nullable;

/**
 * Takes one output stream from a process, turn by turn, to its target. Confined to its loop; owns
 * the source.
 */
final class OutputPump {
  /** What {@link #settle} takes at most: more than a pipe can hold at the moment of an exit. */
  private static final long SETTLE_BYTES = 2 << 20;

  private final IoLoop loop;
  private final Fd source;
  private final OutputTarget target;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private @Nullable Registration reading;
  private boolean closed;

  OutputPump(IoLoop loop, Fd source, OutputTarget target) {
    this.loop = loop;
    this.source = source;
    this.target = target;
    target.onRoom(this::resume);
  }

  void start() throws LinuxException {
    if (reading == null && !closed) {
      reading = loop.waiter().onReadable(source, _ -> turn());
    }
  }

  /** Done when the process and all its children have closed the stream, or it was given up. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /**
   * Takes what a process that has just exited left behind, so that its exit is not known before its
   * last words. Bounded: whoever inherited the stream may go on writing for ever.
   */
  void settle() throws IOException {
    long taken = 0;
    while (taken < SETTLE_BYTES && !closed && !target.isFull()) {
      var moved = pull();
      if (moved.isEmpty()) {
        return;
      }
      taken += moved.getAsLong();
    }
  }

  /** Ends the stream whether or not somebody could still write to it. */
  void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true; // before anything else: the end of the target calls back
    pause(source::close);
    try {
      target.end();
    } finally {
      ended.complete(null);
    }
  }

  /** Lets go of the stream without ending it: the next shim goes on with it. */
  void release() {
    closed = true;
    pause(source::close);
  }

  private void turn() throws IOException {
    if (target.isFull()) {
      pause(() -> {});
    } else {
      var _ = pull();
    }
  }

  private OptionalLong pull() throws IOException {
    OptionalLong moved;
    try {
      moved = target.pull(source);
    } catch (LinuxException e) {
      if (!Gone.is(e)) {
        throw e;
      }
      moved = OptionalLong.of(0);
    }
    if (moved.isPresent() && moved.getAsLong() == 0) {
      close();
    }
    return moved;
  }

  private void resume() {
    try {
      start();
    } catch (LinuxException e) {
      ended.completeExceptionally(e);
    }
  }

  private void pause(Runnable then) {
    var registration = reading;
    reading = null;
    if (registration == null) {
      then.run();
    } else {
      registration.closeThen(then);
    }
  }
}
