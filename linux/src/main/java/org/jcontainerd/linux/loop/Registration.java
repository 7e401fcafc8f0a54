package org.jcontainerd.linux.loop;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One handler's interest in one direction of a descriptor. Thread-safe.
 *
 * <p>A registration is closed before its descriptor is. If the handler may be running at that
 * moment, the descriptor is closed with {@link #closeThen}: {@code
 * registration.closeThen(fd::close)}.
 */
public final class Registration implements AutoCloseable {
  private enum State {
    IDLE,
    RUNNING,
    CLOSED_WHILE_RUNNING,
    CLOSED
  }

  private final Watch watch;
  private final boolean writing;
  private final Handler handler;
  private final Executor executor;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private State state = State.IDLE;

  @GuardedBy("lock")
  private final List<Runnable> afterwards = new ArrayList<>(0);

  Registration(Watch watch, boolean writing, Handler handler, Executor executor) {
    this.watch = watch;
    this.writing = writing;
    this.handler = handler;
    this.executor = executor;
  }

  boolean writing() {
    return writing;
  }

  /**
   * Ends the registration. When this returns no call of the handler will begin; one that is going
   * on in another thread may still be. Does nothing the second time.
   */
  @Override
  public void close() {
    closeThen(() -> {});
  }

  /**
   * Ends the registration and runs {@code action} once the handler is not running (any more): at
   * once on this thread, or right after the handler on its thread. If the registration was closed
   * before, only the action is run, by the same rule.
   */
  public void closeThen(Runnable action) {
    watch.remove(this);
    lock.lock();
    try {
      if (state == State.RUNNING || state == State.CLOSED_WHILE_RUNNING) {
        state = State.CLOSED_WHILE_RUNNING;
        afterwards.add(action);
        return;
      }
      state = State.CLOSED;
    } finally {
      lock.unlock();
    }
    action.run();
  }

  /** Called by the loop for an event: runs the handler here, or hands it to the executor. */
  void fire() {
    if (!begin()) {
      return; // closed after the kernel had reported the event
    }
    if (executor instanceof Watch.OnLoop) {
      runAndEnd();
      return;
    }
    watch.suspend(this); // else the same event is reported until the executor gets to it
    try {
      executor.execute(this::runAndResume);
    } catch (RejectedExecutionException e) {
      watch.report(e);
      watch.remove(this);
      end();
    }
  }

  private void runAndResume() {
    runAndEnd();
    watch.resume(this);
  }

  private void runAndEnd() {
    try {
      handler.ready(this);
    } catch (Throwable e) { // the edge of the loop: reported, and never repeated for ever
      watch.report(e);
      close();
    } finally {
      end();
    }
  }

  private boolean begin() {
    lock.lock();
    try {
      if (state != State.IDLE) {
        return false;
      }
      state = State.RUNNING;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    List<Runnable> actions = List.of();
    lock.lock();
    try {
      if (state == State.CLOSED_WHILE_RUNNING) {
        state = State.CLOSED;
        actions = List.copyOf(afterwards);
        afterwards.clear();
      } else {
        state = State.IDLE;
      }
    } finally {
      lock.unlock();
    }
    for (Runnable action : actions) {
      try {
        action.run();
      } catch (RuntimeException | Error e) {
        watch.report(e);
      }
    }
  }
}
