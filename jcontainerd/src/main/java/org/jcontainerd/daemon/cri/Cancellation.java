package org.jcontainerd.daemon.cri;

import io.grpc.Context;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Interrupts work whose client has gone or whose deadline is over. For calls that should stop then
 * (a pull); most others go on, because a retry gets their result.
 */
public final class Cancellation {
  private Cancellation() {}

  /** Runs {@code work} on this thread, interrupted when the call is cancelled. */
  public static <T> T interrupting(Callable<T> work) throws Exception {
    Context context = Context.current();
    var interrupter = new Interrupter(Thread.currentThread());
    Context.CancellationListener listener = _ -> interrupter.fire();
    context.addListener(listener, Runnable::run);
    try {
      return work.call();
    } finally {
      context.removeListener(listener);
      interrupter.disarm();
    }
  }

  /** Interrupts the thread unless the work is over: a late interrupt would hit something else. */
  private static final class Interrupter {
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean over;

    Interrupter(Thread thread) {
      this.thread = thread;
    }

    void fire() {
      lock.lock();
      try {
        if (!over) {
          thread.interrupt();
        }
      } finally {
        lock.unlock();
      }
    }

    void disarm() {
      lock.lock();
      try {
        over = true;
        var _ = Thread.interrupted(); // virtual thread of this call: nobody else interrupts it
      } finally {
        lock.unlock();
      }
    }
  }
}
