package org.jcontainerd.daemon.shim;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jcontainerd.ttrpc.TtrpcClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to the shim, made anew when it has ended: with a new shim if the old one died,
 * which then adopts what runs. Thread-safe; who finds the connection broken makes the new one, the
 * others wait for it.
 */
final class ShimConnection implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ShimConnection.class);

  /** Finds the socket of a running shim, starting one if needed. */
  @FunctionalInterface
  interface Launcher {
    Path launch() throws IOException, InterruptedException;
  }

  private final Launcher launcher;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private Optional<Live> current = Optional.empty();

  /** A client, and its end asked for once: every asking adds a stage to the client's future. */
  private record Live(TtrpcClient client, CompletableFuture<Void> closed) {
    boolean alive() {
      return !closed.isDone();
    }
  }

  ShimConnection(Launcher launcher) {
    this.launcher = launcher;
  }

  /** A connection that was alive a moment ago. */
  TtrpcClient get() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (current.isPresent() && current.get().alive()) {
        return current.get().client();
      }
      boolean again = current.isPresent();
      current.ifPresent(live -> live.client().close());
      Path socket = launcher.launch();
      var fresh = TtrpcClient.connect(socket);
      current = Optional.of(new Live(fresh, fresh.closed()));
      var event = again ? log.atWarn() : log.atInfo();
      event.addKeyValue("socket", socket).log(again ? "shim connected anew" : "shim connected");
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a connection exists now. */
  boolean alive() {
    lock.lock();
    try {
      return current.map(Live::alive).orElse(false);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      current.ifPresent(live -> live.client().close());
    } finally {
      lock.unlock();
    }
  }
}
