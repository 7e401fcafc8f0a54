package org.jcontainerd.daemon.image;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What running pulls need, so that the collector leaves it alone. Thread-safe; in memory only:
 * after a restart no pull is running.
 *
 * <p>A pull takes its lease before it looks whether something is here; the collector removes inside
 * {@link #ifFree}. So what a pull has seen stays until the pull has recorded its image.
 */
final class Leases {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Object, Integer> held = new HashMap<>(); // guarded by lock

  /** A lease that is held until it is closed. */
  interface Lease extends AutoCloseable {
    @Override
    void close();
  }

  /** Removes something. */
  @FunctionalInterface
  interface Removal<E extends Exception> {
    void run() throws E;
  }

  Lease take(List<?> things) {
    lock.lock();
    try {
      things.forEach(thing -> held.merge(thing, 1, Integer::sum));
    } finally {
      lock.unlock();
    }
    return () -> giveBack(things);
  }

  private void giveBack(List<?> things) {
    lock.lock();
    try {
      things.forEach(thing -> held.computeIfPresent(thing, (_, n) -> n == 1 ? null : n - 1));
    } finally {
      lock.unlock();
    }
  }

  /** Runs a removal unless the thing is leased; nobody can lease it meanwhile. */
  <E extends Exception> boolean ifFree(Object thing, Removal<E> removal) throws E {
    lock.lock();
    try {
      if (held.containsKey(thing)) {
        return false;
      }
      removal.run();
      return true;
    } finally {
      lock.unlock();
    }
  }
}
