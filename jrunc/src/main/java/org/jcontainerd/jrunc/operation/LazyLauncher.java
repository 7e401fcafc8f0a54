package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jcontainerd.jrunc.launch.Launcher;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jspecify.annotations.Nullable;

/** The launcher of a runtime, opened when it is first used: most commands never need it. */
final class LazyLauncher implements AutoCloseable {
  private final Optional<KernelWaiter> waiter;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Launcher launcher;

  LazyLauncher(Optional<KernelWaiter> waiter) {
    this.waiter = waiter;
  }

  Launcher get() throws IOException {
    Launcher open = launcher;
    if (open != null) {
      return open;
    }
    lock.lock();
    try {
      open = launcher;
      if (open == null) {
        open = waiter.isPresent() ? Launcher.open(waiter.get()) : Launcher.open();
        launcher = open;
      }
      return open;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    Launcher open = launcher;
    if (open != null) {
      open.close();
    }
  }
}
