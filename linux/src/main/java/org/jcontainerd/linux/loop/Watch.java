package org.jcontainerd.linux.loop;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.EpollCalls;
import org.jspecify.annotations.Nullable;

/**
 * One descriptor in the epoll set, with at most one reader and one writer. Known to the kernel by a
 * token that is never used twice, so a late event cannot reach a later descriptor of the same
 * number. Thread-safe.
 */
final class Watch {
  /** Stands for the loop thread itself. */
  record OnLoop() implements Executor {
    @Override
    public void execute(Runnable task) {
      task.run();
    }
  }

  private final KernelWaiter waiter;
  private final Fd fd;
  private final long token;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable Registration reader;

  @GuardedBy("lock")
  private @Nullable Registration writer;

  @GuardedBy("lock")
  private boolean readerSuspended;

  @GuardedBy("lock")
  private boolean writerSuspended;

  /** What the kernel watches now; 0: not in the set. */
  @GuardedBy("lock")
  private int events;

  @GuardedBy("lock")
  private boolean gone;

  Watch(KernelWaiter waiter, Fd fd, long token) {
    this.waiter = waiter;
    this.fd = fd;
    this.token = token;
  }

  Fd fd() {
    return fd;
  }

  long token() {
    return token;
  }

  /** Adds a registration; false if this watch has just been given up and a new one is needed. */
  boolean add(Registration registration) throws LinuxException {
    lock.lock();
    try {
      if (gone) {
        return false;
      }
      if ((registration.writing() ? writer : reader) != null) {
        throw new IllegalStateException(
            fd + ": has a " + (registration.writing() ? "writer" : "reader") + " already");
      }
      set(registration.writing(), registration);
      try {
        update();
      } catch (LinuxException | RuntimeException e) {
        set(registration.writing(), null);
        forgetIfUnused();
        throw e;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a registration out; does nothing if it is out. */
  void remove(Registration registration) {
    lock.lock();
    try {
      if ((registration.writing() ? writer : reader) == registration) {
        set(registration.writing(), null);
        updateOrReport();
        forgetIfUnused();
      }
    } finally {
      lock.unlock();
    }
  }

  void suspend(Registration registration) {
    suspend(registration, true);
  }

  void resume(Registration registration) {
    suspend(registration, false);
  }

  private void suspend(Registration registration, boolean suspended) {
    lock.lock();
    try {
      if ((registration.writing() ? writer : reader) != registration) {
        return; // closed meanwhile
      }
      if (registration.writing()) {
        writerSuspended = suspended;
      } else {
        readerSuspended = suspended;
      }
      updateOrReport();
    } finally {
      lock.unlock();
    }
  }

  /** Runs whoever waits for {@code ready}; on the loop thread. */
  void fire(int ready) {
    int trouble = EpollCalls.EPOLLERR | EpollCalls.EPOLLHUP;
    Registration reads = null;
    Registration writes = null;
    lock.lock();
    try {
      if ((ready & (EpollCalls.EPOLLIN | trouble)) != 0 && !readerSuspended) {
        reads = reader;
      }
      if ((ready & (EpollCalls.EPOLLOUT | trouble)) != 0 && !writerSuspended) {
        writes = writer;
      }
    } finally {
      lock.unlock();
    }
    if (reads != null) {
      reads.fire();
    }
    if (writes != null) {
      writes.fire();
    }
  }

  void report(Throwable failure) {
    waiter.report(fd.toString(), failure);
  }

  @GuardedBy("lock")
  private void set(boolean writing, @Nullable Registration registration) {
    if (writing) {
      writer = registration;
      writerSuspended = false;
    } else {
      reader = registration;
      readerSuspended = false;
    }
  }

  @GuardedBy("lock")
  private void forgetIfUnused() {
    if (reader == null && writer == null) {
      gone = true;
      waiter.forget(this);
    }
  }

  @GuardedBy("lock")
  private void updateOrReport() {
    try {
      update();
    } catch (LinuxException e) {
      report(e);
    }
  }

  @GuardedBy("lock")
  private void update() throws LinuxException {
    int wanted =
        (reader != null && !readerSuspended ? EpollCalls.EPOLLIN : 0)
            | (writer != null && !writerSuspended ? EpollCalls.EPOLLOUT : 0);
    if (wanted == events) {
      return;
    }
    if (!fd.isOpen()) {
      if (wanted != 0) {
        throw new LinuxException(Errno.EBADF, "epoll_ctl", fd);
      }
      events = 0; // the kernel has taken a closed descriptor out by itself
      return;
    }
    waiter.control(control(events, wanted), fd, wanted, token);
    events = wanted;
  }

  private static int control(int before, int wanted) {
    if (before == 0) {
      return EpollCalls.EPOLL_CTL_ADD;
    }
    return wanted == 0 ? EpollCalls.EPOLL_CTL_DEL : EpollCalls.EPOLL_CTL_MOD;
  }
}
