package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A value that is made when it is first asked for, once: most commands need little of what a
 * runtime has. A failure is thrown and not kept. Thread-safe.
 */
final class Lazy<T> {
  interface Maker<T> {
    T make() throws IOException;
  }

  private final Maker<T> maker;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable T value;

  Lazy(Maker<T> maker) {
    this.maker = maker;
  }

  /** One that is there. */
  static <T> Lazy<T> of(T value) {
    var lazy = new Lazy<>(() -> value);
    lazy.value = value;
    return lazy;
  }

  T get() throws IOException {
    T made = value;
    if (made != null) {
      return made;
    }
    lock.lock();
    try {
      made = value;
      if (made == null) {
        made = maker.make();
        value = made;
      }
      return made;
    } finally {
      lock.unlock();
    }
  }

  /** The value if it has been made. */
  Optional<T> made() {
    return Optional.ofNullable(value);
  }
}
