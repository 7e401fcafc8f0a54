package org.jcontainerd.daemon.shim;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
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
  private Optional<TtrpcClient> client = Optional.empty();

  ShimConnection(Launcher launcher) {
    this.launcher = launcher;
  }

  /** A connection that was alive a moment ago. */
  TtrpcClient get() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (client.isPresent() && !client.get().closed().isDone()) {
        return client.get();
      }
      boolean again = client.isPresent();
      client.ifPresent(TtrpcClient::close);
      client = Optional.empty();
      Path socket = launcher.launch();
      var fresh = TtrpcClient.connect(socket);
      client = Optional.of(fresh);
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
      return client.isPresent() && !client.get().closed().isDone();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      client.ifPresent(TtrpcClient::close);
    } finally {
      lock.unlock();
    }
  }
}
