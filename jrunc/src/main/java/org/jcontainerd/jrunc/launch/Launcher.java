package org.jcontainerd.jrunc.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jcontainerd.jrunc.plan.Plan;
import org.jcontainerd.jrunc.plan.PlanWriter;
import org.jcontainerd.jrunc.plan.Slot;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.Spawn;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;
import org.jspecify.annotations.Nullable;

/**
 * Starts helpers. Thread-safe; one per process, because it holds the sealed program.
 *
 * <p>With a {@link KernelWaiter} helpers are reaped by it and messages come through it: for a
 * process that lives on and has virtual threads. Such a process also keeps one helper in reserve,
 * which waits for its plan, so that a container or exec does not wait for the start of a program;
 * the next is started while the process of the last one begins. Without a waiter, the caller waits
 * in the kernel and the helper is reaped by {@link Launch#close} only if it has ended: for a
 * command.
 */
public final class Launcher implements AutoCloseable {
  /** Smaller than any socket buffer that Linux gives by default. */
  private static final int CHUNK = 64 * 1024;

  private static final int CHUNK_DESCRIPTORS = 128;
  private static final int PLAN_SOCKET = 3;

  private final Fd program;
  private final Fd nothing;
  private final Optional<KernelWaiter> waiter;
  private final AtomicReference<@Nullable Waiting> reserve = new AtomicReference<>();
  private final ReentrantLock refilling = new ReentrantLock();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** What happens to a helper that waits for its plan. */
  @FunctionalInterface
  public interface Preparation {
    /**
     * Does it.
     *
     * @param pid the helper's
     * @throws IOException ends the launch, and with it the helper
     */
    void prepare(int pid) throws IOException;
  }

  /** A helper that waits for its plan. */
  private record Waiting(UnixSocket socket, PidFd process, Optional<CompletableFuture<?>> exit) {
    boolean hasEnded() {
      return exit.isPresent() && exit.get().isDone();
    }
  }

  private Launcher(Fd program, Fd nothing, Optional<KernelWaiter> waiter) {
    this.program = program;
    this.nothing = nothing;
    this.waiter = waiter;
  }

  /** For commands: waits in the kernel. */
  public static Launcher open() throws IOException {
    return open(Optional.empty());
  }

  /** For daemons: {@code waiter} is borrowed. */
  public static Launcher open(KernelWaiter waiter) throws IOException {
    return open(Optional.of(waiter));
  }

  private static Launcher open(Optional<KernelWaiter> waiter) throws IOException {
    Fd program = HelperImage.seal();
    try {
      return new Launcher(program, HostFile.readingAndWriting(Path.of("/dev/null")), waiter);
    } catch (IOException e) {
      program.close();
      throw e;
    }
  }

  /**
   * Starts a helper on a plan.
   *
   * @param descriptors for every passed slot of the plan; borrowed until this returns
   */
  public Launch launch(Plan plan, Map<Slot, Fd> descriptors) throws IOException {
    return launch(plan, descriptors, false, _ -> {});
  }

  /**
   * As {@link #launch(Plan, Map)}.
   *
   * @param trace whether there is a {@link HelperMessage.Done} after each step
   * @param first is done with the helper before it gets its plan
   */
  public Launch launch(Plan plan, Map<Slot, Fd> descriptors, boolean trace, Preparation first)
      throws IOException {
    List<Fd> fds = inOrder(plan, descriptors);
    byte[] bytes = PlanWriter.write(plan, trace);
    if (bytes.length > PlanWriter.MOST_BYTES) {
      throw new IOException(
          "plan of %d bytes, at most %d: the configuration asks for too much"
              .formatted(bytes.length, PlanWriter.MOST_BYTES));
    }
    Waiting helper = take();
    try {
      return begin(helper, first, bytes, fds);
    } catch (IOException | RuntimeException e) {
      helper.socket().close(); // without a reader for its plan it ends by itself
      throw e;
    } finally {
      if (waiter.isPresent()) {
        var _ = Thread.ofVirtual().name("helper reserve").start(this::refill);
      }
    }
  }

  private Waiting take() throws LinuxException {
    Waiting ready = reserve.getAndSet(null);
    if (ready == null) {
      return start();
    }
    if (ready.hasEnded()) { // somebody has killed it
      ready.socket().close();
      return start();
    }
    return ready;
  }

  /** Where no helper can be started now, the next launch tries again and says why not. */
  private void refill() {
    if (!refilling.tryLock()) {
      return; // somebody is at it
    }
    try {
      if (!closed.get() && reserve.get() == null) {
        reserve.set(start());
      }
    } catch (LinuxException e) {
      // as above
    } finally {
      refilling.unlock();
    }
  }

  private static List<Fd> inOrder(Plan plan, Map<Slot, Fd> descriptors) {
    var fds = new ArrayList<Fd>(plan.passed().size());
    for (Slot slot : plan.passed()) {
      Fd fd = descriptors.get(slot);
      if (fd == null) {
        throw new IllegalArgumentException("launch: no descriptor for slot '" + slot.name() + "'");
      }
      fds.add(fd);
    }
    return fds;
  }

  private Waiting start() throws LinuxException {
    var pair = UnixSocket.pair(SocketType.SEQPACKET);
    try {
      PidFd process =
          Spawn.program(program)
              .arguments(List.of("jrunc-init"))
              .descriptor(0, nothing)
              .descriptor(1, nothing)
              .descriptor(2, nothing)
              .descriptor(PLAN_SOCKET, pair.second().fd())
              .start();
      pair.second().close();
      return new Waiting(pair.first(), process, whenExited(process));
    } catch (LinuxException | RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  private Optional<CompletableFuture<?>> whenExited(PidFd process) throws LinuxException {
    if (waiter.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(waiter.get().whenExited(process).whenComplete((_, _) -> process.close()));
    } catch (LinuxException | RuntimeException e) {
      process.close();
      throw e;
    }
  }

  private Launch begin(Waiting helper, Preparation first, byte[] plan, List<Fd> fds)
      throws IOException {
    if (waiter.isPresent()) {
      first.prepare(helper.process().pid());
      send(helper.socket(), plan, fds);
      return new Launch(HelperConnection.adopt(helper.socket(), waiter.get()), Optional.empty());
    }
    try {
      first.prepare(helper.process().pid());
      send(helper.socket(), plan, fds);
      return new Launch(HelperConnection.adopt(helper.socket()), Optional.of(helper.process()));
    } catch (IOException | RuntimeException e) {
      helper.process().close();
      throw e;
    }
  }

  private static void send(UnixSocket socket, byte[] plan, List<Fd> fds) throws LinuxException {
    int at = 0;
    int fd = 0;
    while (at < plan.length || fd < fds.size()) {
      int lastFd = Math.min(fds.size(), fd + CHUNK_DESCRIPTORS);
      // the last bytes wait for the last descriptors, because descriptors need bytes to travel with
      int size = Math.min(lastFd < fds.size() ? CHUNK_DESCRIPTORS : CHUNK, plan.length - at);
      try {
        socket.send(ByteBuffer.wrap(plan, at, size), fds.subList(fd, lastFd));
      } catch (LinuxException e) {
        if (e.is(Errno.EPIPE, Errno.ECONNRESET)) {
          return; // the helper has refused the plan: its report is the next message
        }
        throw e;
      }
      at += size;
      fd = lastFd;
    }
  }

  @Override
  public void close() {
    closed.set(true);
    refilling.lock(); // none is started after this
    try {
      Waiting helper = reserve.getAndSet(null);
      if (helper != null) {
        helper.socket().close();
        // it ends at once, and is reaped before the waiter may be closed
        helper.exit().ifPresent(exit -> exit.handle((_, _) -> true).join());
      }
    } finally {
      refilling.unlock();
    }
    program.close();
    nothing.close();
  }
}
