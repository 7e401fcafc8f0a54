package org.jcontainerd.daemon.concurrent;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One lock per key (a pod, a container), held in one registry: the only writer of a thing is who
 * holds its lock. A lock exists while somebody holds or awaits it. Thread-safe; reentrant.
 */
public final class KeyedLocks {
  private static final class Entry {
    final ReentrantLock lock = new ReentrantLock();
    int users;
  }

  private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();

  /** Runs {@code work} alone among all work with the same key. */
  public <T> T with(String key, Callable<T> work) throws Exception {
    Entry entry =
        Objects.requireNonNull(
            entries.compute(
                key,
                (_, old) -> {
                  Entry e = old == null ? new Entry() : old;
                  e.users++;
                  return e;
                }));
    entry.lock.lock();
    try {
      return work.call();
    } finally {
      entry.lock.unlock();
      var _ = entries.computeIfPresent(key, (_, e) -> --e.users == 0 ? null : e);
    }
  }

  /** As {@link #with}, for work without a result. */
  public void run(String key, Undo.Action work) throws Exception {
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
