package org.jcontainerd.linux.loop;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.sys.EpollCalls;
import org.jcontainerd.linux.sys.FileCalls;
import org.jcontainerd.linux.sys.PipeCalls;

/**
 * Waits for any number of descriptors on one platform thread (epoll(7), level-triggered).
 *
 * <p>Registering and closing registrations is allowed from any thread, the loop's included.
 * Handlers run on the loop thread, one at a time, or on an executor that is given; the same handler
 * never runs twice at once. What a handler throws goes to the {@link FailureSink} and ends its
 * registration; the loop goes on. Descriptors are borrowed, and closed by their owner after the
 * registration.
 */
public final class KernelWaiter implements Executor, AutoCloseable {
  private static final int BATCH = 256;
  private static final long WAKE = 0;

  private final FailureSink failures;
  private final Fd epoll;
  private final Fd wake;
  private final Thread thread;
  private final AtomicLong tokens = new AtomicLong(WAKE);
  private final Map<Long, Watch> byToken = new ConcurrentHashMap<>();
  private final Map<Fd, Watch> byFd = new ConcurrentHashMap<>();
  private final Map<Long, CompletableFuture<ExitStatus>> exits = new ConcurrentHashMap<>();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Held while the two descriptors are used from outside the loop, and while they are closed. */
  private final ReentrantLock life = new ReentrantLock();

  private KernelWaiter(String name, FailureSink failures, Fd epoll, Fd wake) {
    this.failures = failures;
    this.epoll = epoll;
    this.wake = wake;
    this.thread = Thread.ofPlatform().daemon(true).name(name).unstarted(this::loop);
  }

  /**
   * Starts the thread.
   *
   * @param name of the thread: what it waits for
   */
  public static KernelWaiter start(String name, FailureSink failures) throws LinuxException {
    Fd epoll = Fd.adopt(EpollCalls.epoll_create1(FileCalls.O_CLOEXEC), "epoll of " + name);
    try {
      int flags = PipeCalls.EFD_CLOEXEC | PipeCalls.EFD_NONBLOCK;
      Fd wake = Fd.adopt(PipeCalls.eventfd(0, flags), "eventfd of " + name);
      var waiter = new KernelWaiter(name, failures, epoll, wake);
      waiter.control(EpollCalls.EPOLL_CTL_ADD, wake, EpollCalls.EPOLLIN, WAKE);
      waiter.thread.start();
      return waiter;
    } catch (LinuxException | RuntimeException e) {
      epoll.close();
      throw e;
    }
  }

  /**
   * Calls {@code handler} on the loop thread whenever {@code fd} can be read, has ended or failed.
   *
   * @throws LinuxException EPERM if it is a regular file or directory, which are always ready
   * @throws IllegalStateException if {@code fd} has a reader, or the waiter is closed
   */
  public Registration onReadable(Fd fd, Handler handler) throws LinuxException {
    return register(fd, false, handler, new Watch.OnLoop());
  }

  /** As {@link #onReadable(Fd, Handler)}, calling the handler on {@code executor}. */
  public Registration onReadable(Fd fd, Handler handler, Executor executor) throws LinuxException {
    return register(fd, false, handler, executor);
  }

  /** Calls {@code handler} on the loop thread whenever {@code fd} can be written or has failed. */
  public Registration onWritable(Fd fd, Handler handler) throws LinuxException {
    return register(fd, true, handler, new Watch.OnLoop());
  }

  /** As {@link #onWritable(Fd, Handler)}, calling the handler on {@code executor}. */
  public Registration onWritable(Fd fd, Handler handler, Executor executor) throws LinuxException {
    return register(fd, true, handler, executor);
  }

  /**
   * Reaps a child when it ends; for a process that is no child of ours (any more), notices its end.
   *
   * <p>The result is completed on the loop thread, so what depends on it directly must be short.
   * The caller closes the {@code PidFd}, after the completion. Cancelling changes nothing: the
   * child is reaped all the same.
   */
  public CompletableFuture<ExitStatus> whenExited(PidFd process) throws LinuxException {
    var exit = new CompletableFuture<ExitStatus>();
    long key = tokens.incrementAndGet();
    exits.put(key, exit);
    try {
      var _ = onReadable(process.fd(), registration -> ended(process, registration, key, exit));
    } catch (LinuxException | RuntimeException e) {
      exits.remove(key);
      throw e;
    }
    if (closed.get()) { // while we registered: the loop may have missed it
      exit.completeExceptionally(closedFailure());
    }
    return exit;
  }

  private void ended(
      PidFd process, Registration registration, long key, CompletableFuture<ExitStatus> exit)
      throws LinuxException {
    Optional<ExitStatus> status;
    try {
      status = reap(process);
    } catch (LinuxException | RuntimeException e) {
      exits.remove(key);
      exit.completeExceptionally(e);
      throw e;
    }
    if (status.isPresent()) {
      registration.closeThen(() -> {
        exits.remove(key);
        exit.complete(status.get());
      });
    }
  }

  private static Optional<ExitStatus> reap(PidFd process) throws LinuxException {
    try {
      return process.poll();
    } catch (LinuxException e) {
      if (e.is(Errno.ECHILD)) {
        return Optional.of(new ExitStatus.Unknown());
      }
      throw e;
    }
  }

  /** Runs {@code task} on the loop thread, soon and in order. */
  @Override
  public void execute(Runnable task) {
    if (closed.get()) {
      throw new RejectedExecutionException(thread.getName() + ": closed");
    }
    tasks.add(task);
    wakeUp();
  }

  /**
   * Ends the loop; handlers are not called any more. Waits for the thread, unless this is it.
   * Results of {@link #whenExited} that are open end exceptionally. Does nothing the second time.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    wakeUp();
    boolean interrupted = false;
    while (!Thread.currentThread().equals(thread) && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Registration register(Fd fd, boolean writing, Handler handler, Executor executor)
      throws LinuxException {
    while (true) {
      if (closed.get()) {
        throw closedFailure();
      }
      Watch watch = byFd.computeIfAbsent(fd, this::newWatch);
      var registration = new Registration(watch, writing, handler, executor);
      if (watch.add(registration)) {
        return registration;
      }
    }
  }

  private Watch newWatch(Fd fd) {
    var watch = new Watch(this, fd, tokens.incrementAndGet());
    byToken.put(watch.token(), watch);
    return watch;
  }

  void forget(Watch watch) {
    byToken.remove(watch.token());
    byFd.remove(watch.fd(), watch);
  }

  void control(int operation, Fd fd, int events, long token) throws LinuxException {
    life.lock();
    try {
      if (epoll.isOpen()) { // after the end of the loop there is nothing to control
        EpollCalls.epoll_ctl(epoll.number(), operation, fd.number(), events, token);
      }
    } finally {
      life.unlock();
    }
  }

  void report(String what, Throwable failure) {
    failures.failed(what, failure);
  }

  private void wakeUp() {
    life.lock();
    try {
      if (wake.isOpen()) {
        var one = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, 1);
        var _ = wake.write(one); // 0 written: the counter is full, so the loop is awake anyway
      }
    } catch (LinuxException e) {
      report(wake.toString(), e);
    } finally {
      life.unlock();
    }
  }

  private void loop() {
    var events =
        ByteBuffer.allocateDirect(BATCH * EpollCalls.EVENT_SIZE).order(ByteOrder.nativeOrder());
    try {
      while (!closed.get()) {
        int count = EpollCalls.epoll_wait(epoll.number(), events, -1);
        for (int i = 0; i < count && !closed.get(); i++) {
          int at = i * EpollCalls.EVENT_SIZE;
          dispatch(events.getLong(at + EpollCalls.EVENT_DATA), events.getInt(at));
        }
      }
    } catch (LinuxException | RuntimeException | Error e) {
      report(thread.getName(), e);
    } finally {
      end();
    }
  }

  private void dispatch(long token, int ready) throws LinuxException {
    if (token == WAKE) {
      var _ = wake.read(ByteBuffer.allocate(8));
      runTasks();
      return;
    }
    Watch watch = byToken.get(token);
    if (watch != null) { // null: closed after the kernel had reported the event
      watch.fire(ready);
    }
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        report("task", e);
      }
    }
  }

  private void end() {
    closed.set(true);
    life.lock();
    try {
      epoll.close();
      wake.close();
    } finally {
      life.unlock();
    }
    byToken.clear();
    byFd.clear();
    exits.values().forEach(exit -> exit.completeExceptionally(closedFailure()));
  }

  private IllegalStateException closedFailure() {
    return new IllegalStateException(thread.getName() + ": closed");
  }
}
