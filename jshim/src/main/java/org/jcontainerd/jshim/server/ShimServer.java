package org.jcontainerd.jshim.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jcontainerd.jshim.ShimLog;
import org.jcontainerd.jshim.event.TaskEvents;
import org.jcontainerd.jshim.log.LogProblems;
import org.jcontainerd.jshim.service.AdoptTasks;
import org.jcontainerd.jshim.service.ExitTracker;
import org.jcontainerd.jshim.service.Loops;
import org.jcontainerd.jshim.service.ShimFailures;
import org.jcontainerd.jshim.service.ShimParts;
import org.jcontainerd.jshim.service.ShimServices;
import org.jcontainerd.jshim.service.StreamPlaces;
import org.jcontainerd.jshim.stdio.StreamPlumbing;
import org.jcontainerd.jshim.stdio.StreamServer;
import org.jcontainerd.jshim.task.Tasks;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.ttrpc.TtrpcServer;
import org.jspecify.annotations.Nullable;

/**
 * The running shim: wires the parts, adopts what is there, serves until it is told to end. Whatever
 * ends it, processes and their output stay with their keepers.
 */
public final class ShimServer implements AutoCloseable {
  private static final int LOOPS = 2;

  private final ShimLock lock;
  private final KernelWaiter waiter;
  private final Loops loops;
  private final JruncRuntimes runtimes;
  private final StreamServer streams;
  private final TtrpcServer server;
  private final CompletableFuture<Void> shutdown;

  private ShimServer(
      ShimLock lock,
      KernelWaiter waiter,
      Loops loops,
      JruncRuntimes runtimes,
      StreamServer streams,
      TtrpcServer server,
      CompletableFuture<Void> shutdown) {
    this.lock = lock;
    this.waiter = waiter;
    this.loops = loops;
    this.runtimes = runtimes;
    this.streams = streams;
    this.server = server;
    this.shutdown = shutdown;
  }

  /** Starts; empty if another shim holds the lock. */
  public static Optional<ShimServer> start(ShimPaths paths, TaskEvents events, ShimLog log)
      throws IOException {
    makeSocketDirectory(paths.socketDirectory());
    var lock = ShimLock.take(paths);
    return lock.isEmpty() ? Optional.empty() : Optional.of(start(lock.get(), paths, events, log));
  }

  private static ShimServer start(ShimLock lock, ShimPaths paths, TaskEvents events, ShimLog log)
      throws IOException {
    var waiter = KernelWaiter.start("keepers", log::error);
    var loops = Loops.start(LOOPS, log::error);
    var runtimes = new JruncRuntimes(waiter, log);
    var cgroups = CgroupLayout.detect();
    var parts =
        new ShimParts(
            paths.state(),
            paths.namespace(),
            new Tasks(),
            runtimes,
            loops,
            new StreamPlumbing(new LoggedProblems(log), Clock.systemUTC()),
            new ExitTracker(waiter, cgroups, events, log),
            cgroups,
            waiter,
            events,
            log);
    new AdoptTasks(parts).run(paths.tasks());
    var streams =
        StreamServer.listen(paths.streamSocket(), loops.first(), new StreamPlaces(parts.tasks()));
    var shutdown = new CompletableFuture<Void>();
    var services = ShimServices.of(parts, streams.socket(), () -> shutdown.complete(null));
    var server = TtrpcServer.listen(paths.socket(), services, new ShimFailures(log));
    var _ = server.closed().whenComplete((_, failure) -> failed(shutdown, failure));
    return new ShimServer(lock, waiter, loops, runtimes, streams, server, shutdown);
  }

  /** Accepting connections has ended: without that the shim must make room for another. */
  private static void failed(CompletableFuture<Void> shutdown, @Nullable Throwable failure) {
    if (failure == null) {
      shutdown.complete(null);
    } else {
      shutdown.completeExceptionally(failure);
    }
  }

  /** Sockets are reachable by the owner alone, whatever their own mode. */
  private static void makeSocketDirectory(Path directory) throws IOException {
    var _ =
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Done when the shim is to end. */
  public CompletableFuture<Void> shutdown() {
    return shutdown.copy();
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      server.close();
      streams.close();
    } finally {
      loops.close();
      runtimes.close();
      waiter.close();
    }
  }

  /** Says once that a log cannot be written, and once that it can be again. */
  private record LoggedProblems(ShimLog log, ConcurrentHashMap<Path, Boolean> broken)
      implements LogProblems {
    LoggedProblems(ShimLog log) {
      this(log, new ConcurrentHashMap<>());
    }

    @Override
    public void dropped(Path file, long bytes, IOException cause) {
      if (broken.putIfAbsent(file, true) == null) {
        log.error("write log '" + file + "', output is dropped", cause);
      }
    }

    @Override
    public void written(Path file) {
      if (!broken.isEmpty() && broken.remove(file) != null) {
        log.info("log is written again", Map.of("log", file.toString()));
      }
    }
  }
}
