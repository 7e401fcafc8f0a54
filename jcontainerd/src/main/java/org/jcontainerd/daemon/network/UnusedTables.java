package org.jcontainerd.daemon.network;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.cni.CniFailure;
import org.jcontainerd.cni.CniHost;
import org.jcontainerd.cni.CniPlugins;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the tables of packet rules when the last pod is disconnected and none follows: a node
 * that runs one pod after the other keeps them, and no pod's end waits for it. Thread-safe.
 */
final class UnusedTables implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UnusedTables.class);

  /** Pods of a run of short jobs follow each other faster. */
  private static final Duration QUIET = Duration.ofMillis(500);

  private final CniHost host;
  private final ScheduledThreadPoolExecutor thread;
  private Optional<Future<?>> planned = Optional.empty();

  /**
   * @param host borrowed
   */
  UnusedTables(CniHost host) {
    this.host = host;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("removes unused tables").factory());
    thread.setKeepAliveTime(QUIET.toMillis() * 2, TimeUnit.MILLISECONDS);
    thread.allowCoreThreadTimeOut(true);
    thread.setRemoveOnCancelPolicy(true);
  }

  /** Removes them when this was not called again for a moment; at once if that is the end. */
  synchronized void removeLater() {
    planned.ifPresent(p -> p.cancel(false));
    if (thread.isShutdown()) {
      remove();
      return;
    }
    planned = Optional.of(thread.schedule(this::remove, QUIET.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void remove() {
    try {
      CniPlugins.removeUnusedTables(host);
    } catch (CniFailure | RuntimeException e) { // the thread's edge; the next pod's end tries again
      log.atWarn().setCause(e).log("unused tables of packet rules stay");
    }
  }

  /** Does now what is planned; call from a platform thread. */
  @Override
  public synchronized void close() {
    boolean pending = planned.map(p -> p.cancel(false)).orElse(false);
    thread.close();
    if (pending) {
      remove();
    }
  }
}
