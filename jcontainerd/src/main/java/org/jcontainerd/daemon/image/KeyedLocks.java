package org.jcontainerd.daemon.image;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** A lock for each key, as long as someone wants it. Thread-safe. */
final class KeyedLocks<K> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, Entry> entries = new HashMap<>(); // guarded by lock

  private static final class Entry {
    private final ReentrantLock held = new ReentrantLock();
    private int users; // guarded by the outer lock
  }

  /** A lock that is held; closed by the thread that got it. */
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for the lock of a key. */
  Held acquire(K key) throws InterruptedException {
    Entry entry = use(key);
    try {
      entry.held.lockInterruptibly();
    } catch (InterruptedException e) {
      drop(key, entry);
      throw e;
    }
    return () -> {
      entry.held.unlock();
      drop(key, entry);
    };
  }

  private Entry use(K key) {
    lock.lock();
    try {
      var entry = entries.computeIfAbsent(key, _ -> new Entry());
      entry.users++;
      return entry;
    } finally {
      lock.unlock();
    }
  }

  private void drop(K key, Entry entry) {
    lock.lock();
    try {
      if (--entry.users == 0) {
        boolean _ = entries.remove(key, entry);
      }
    } finally {
      lock.unlock();
    }
  }
}
