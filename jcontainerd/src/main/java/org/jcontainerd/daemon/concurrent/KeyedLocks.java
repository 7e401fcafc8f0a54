package org.jcontainerd.daemon.concurrent;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One lock per key (a pod, a container, a blob), held in one registry: the only writer of a thing
 * is who holds its lock. A lock exists while somebody holds or awaits it. Thread-safe; reentrant.
 *
 * @param <K> fit for a hash map
 */
public final class KeyedLocks<K> {
  private static final class Entry {
    final ReentrantLock lock = new ReentrantLock();
    int users;
  }

  /** A lock that is held; closed by the thread that got it. */
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  private final ConcurrentHashMap<K, Entry> entries = new ConcurrentHashMap<>();

  /** Waits for the lock of a key. */
  public Held acquire(K key) throws InterruptedException {
    Entry entry = use(key);
    try {
      entry.lock.lockInterruptibly();
    } catch (InterruptedException e) {
      drop(key);
      throw e;
    }
    return () -> {
      entry.lock.unlock();
      drop(key);
    };
  }

  private Entry use(K key) {
    return Objects.requireNonNull(
        entries.compute(
            key,
            (_, old) -> {
              Entry entry = old == null ? new Entry() : old;
              entry.users++;
              return entry;
            }));
  }

  private void drop(K key) {
    var _ = entries.computeIfPresent(key, (_, entry) -> --entry.users == 0 ? null : entry);
  }

  /** Runs {@code work} alone among all work with the same key; waits without being interrupted. */
  public <T> T with(K key, Callable<T> work) throws Exception {
    Entry entry = use(key);
    entry.lock.lock();
    try {
      return work.call();
    } finally {
      entry.lock.unlock();
      drop(key);
    }
  }

  /** As {@link #with}, for work without a result. */
  public void run(K key, Undo.Action work) throws Exception {
    var _ =
        with(
            key,
            () -> {
              work.run();
              return true;
            });
  }

  /** How many keys are locked or awaited now; for tests. */
  int size() {
    return entries.size();
  }
}
