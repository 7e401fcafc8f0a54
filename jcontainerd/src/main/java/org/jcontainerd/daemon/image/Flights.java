package org.jcontainerd.daemon.image;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Work that several callers may want at the same time, done once for all of them. Thread-safe.
 *
 * <p>Each piece runs on a thread of its own and belongs to its callers together: one that is
 * interrupted leaves at once, and when the last has left the work's thread is interrupted.
 *
 * @param <K> what makes two pieces of work the same
 */
final class Flights<K, V> {
  private final ThreadFactory threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, Flight<V>> running = new HashMap<>(); // guarded by lock

  Flights(ThreadFactory threads) {
    this.threads = threads;
  }

  /** One piece of work; its fields are guarded by the lock. */
  private static final class Flight<V> {
    private final CompletableFuture<V> result = new CompletableFuture<>();
    private Thread thread = Thread.currentThread();
    private int callers;
  }

  /** What one caller has to do with a piece of work. */
  interface Ticket<V> extends AutoCloseable {
    /** Whether this caller was the first. */
    boolean isFirst();

    /**
     * Waits for the result.
     *
     * @throws ExecutionException with what the work threw
     */
    V await() throws ExecutionException, InterruptedException;

    /** Leaves; the last one to leave unfinished work interrupts it. */
    @Override
    void close();
  }

  /** Joins the work for a key, and starts it if it is not running. */
  Ticket<V> join(K key, Callable<V> work) {
    lock.lock();
    try {
      var known = running.get(key);
      if (known != null) {
        known.callers++;
        return new Seat(key, known, false);
      }
      var flight = new Flight<V>();
      flight.callers = 1;
      running.put(key, flight);
      flight.thread = threads.newThread(() -> run(key, flight, work));
      flight.thread.start();
      return new Seat(key, flight, true);
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("CatchingUnchecked") // what the work throws is its callers' to handle
  private void run(K key, Flight<V> flight, Callable<V> work) {
    try {
      var value = work.call();
      forget(key, flight);
      boolean _ = flight.result.complete(value);
    } catch (Exception | Error e) {
      forget(key, flight);
      boolean _ = flight.result.completeExceptionally(e);
    }
  }

  private void forget(K key, Flight<V> flight) {
    lock.lock();
    try {
      boolean _ = running.remove(key, flight);
    } finally {
      lock.unlock();
    }
  }

  private void leave(K key, Flight<V> flight) {
    lock.lock();
    try {
      if (--flight.callers == 0 && !flight.result.isDone()) {
        boolean _ = running.remove(key, flight); // whoever comes now starts anew
        flight.thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private final class Seat implements Ticket<V> {
    private final K key;
    private final Flight<V> flight;
    private final boolean first;
    private boolean left;

    Seat(K key, Flight<V> flight, boolean first) {
      this.key = key;
      this.flight = flight;
      this.first = first;
    }

    @Override
    public boolean isFirst() {
      return first;
    }

    @Override
    public V await() throws ExecutionException, InterruptedException {
      return flight.result.get();
    }

    @Override
    public void close() {
      if (!left) {
        left = true;
        leave(key, flight);
      }
    }
  }
}
