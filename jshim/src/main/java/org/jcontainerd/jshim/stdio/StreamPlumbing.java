package org.jcontainerd.jshim.stdio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.keeper.KeeperDescriptors;
import org.jcontainerd.jshim.log.CriLog;
import org.jcontainerd.jshim.log.LogProblems;
import org.jcontainerd.jshim.log.LogStream;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.OpenFile;
import org.jcontainerd.linux.fs.OpenFlag;
import org.jcontainerd.linux.fs.Pipe;

/**
 * Connects the descriptors of a keeper with what an {@link IoPlan} says. Thread-safe; makes
 * everything of one process on that process's loop.
 */
public final class StreamPlumbing {
  private final LogProblems problems;
  private final Clock clock;

  public StreamPlumbing(LogProblems problems, Clock clock) {
    this.problems = problems;
    this.clock = clock;
  }

  /**
   * What is connected.
   *
   * @param streams taken over, also on failure
   * @param clients connections for {@link IoPlan.Streams}, likewise
   * @param closeStdin called once when our side of the process's stdin is closed: the keeper's copy
   *     has to be closed too before the process sees the end. Called on the loop, must not wait.
   */
  public record Job(
      IoPlan plan, KeeperDescriptors streams, ClientStreams clients, Runnable closeStdin) {}

  /** Connects and starts to move bytes. */
  public ProcessIo open(IoLoop loop, Job job) throws IOException {
    try {
      return loop.call(() -> build(loop, job));
    } catch (IOException | RuntimeException e) {
      job.streams().close();
      job.clients().close();
      throw e;
    }
  }

  private ProcessIo build(IoLoop loop, Job job) throws IOException {
    var streams = job.streams();
    var io = new ProcessIo(loop, streams.terminal());
    switch (job.plan()) {
      case IoPlan.Logged logged -> logged(loop, job, logged, io);
      case IoPlan.Files files -> files(loop, job, files, io);
      case IoPlan.Streams _ -> clients(loop, job, io);
      case IoPlan.Collected collected -> {
        copy(loop, io, LogStream.STDOUT, streams, new CopyTarget.Captured(collected.stdout()));
        copy(loop, io, LogStream.STDERR, streams, new CopyTarget.Captured(collected.stderr()));
      }
    }
    if (relay(streams).isEmpty() || !(job.plan() instanceof IoPlan.Logged)) {
      streams.spare().ifPresent(Pipe::close);
    }
    io.start();
    return io;
  }

  private void logged(IoLoop loop, Job job, IoPlan.Logged plan, ProcessIo io) throws IOException {
    var hubs = new EnumMap<LogStream, AttachHub>(LogStream.class);
    for (var stream : LogStream.values()) {
      if (source(job.streams(), stream).isPresent()) {
        var hub = new AttachHub();
        hubs.put(stream, hub);
        io.addHub(stream, hub);
      }
    }
    var log = openLog(loop, job.streams(), plan);
    log.ifPresent(io::setLog);
    for (var hub : hubs.entrySet()) {
      var stream = hub.getKey();
      if (log.isPresent()) {
        var target =
            new LogTarget(log.get(), stream, relay(job.streams()), hub.getValue(), loop.buffers());
        target.recover();
        pump(loop, io, stream, job.streams(), target);
      } else {
        copy(loop, io, stream, job.streams(), new CopyTarget.Attached(hub.getValue()));
      }
    }
    var _ = feed(loop, job, plan.stdinOnce(), io);
  }

  private Optional<CriLog> openLog(IoLoop loop, KeeperDescriptors streams, IoPlan.Logged plan)
      throws IOException {
    if (plan.log().isEmpty()) {
      streams.spools().forEach(Fd::close);
      streams.journal().ifPresent(Fd::close);
      return Optional.empty();
    }
    var config = new CriLog.Config(plan.log().get(), plan.maxLineBytes(), clock, problems);
    var journal =
        streams
            .journal()
            .orElseThrow(
                () -> new IOException("log '" + config.path() + "': keeper has no journal"));
    return Optional.of(CriLog.adopt(config, spools(streams), journal, loop.buffers()));
  }

  private static Map<LogStream, Fd> spools(KeeperDescriptors streams) {
    var spools = new EnumMap<LogStream, Fd>(LogStream.class);
    spools.put(LogStream.STDOUT, streams.spools().get(0));
    if (streams.spools().size() > 1) {
      spools.put(LogStream.STDERR, streams.spools().get(1));
    }
    return spools;
  }

  private void files(IoLoop loop, Job job, IoPlan.Files plan, ProcessIo io) throws IOException {
    var outputs = new EnumMap<LogStream, Path>(LogStream.class);
    plan.stdout().ifPresent(path -> outputs.put(LogStream.STDOUT, path));
    plan.stderr().ifPresent(path -> outputs.put(LogStream.STDERR, path));
    for (var output : outputs.entrySet()) {
      if (source(job.streams(), output.getKey()).isPresent()) {
        var outlet = Outlet.adopt(loop, openFifo(output.getValue()));
        copy(loop, io, output.getKey(), job.streams(), new CopyTarget.Exclusive(outlet));
      }
    }
    var feed = feed(loop, job, false, io);
    if (feed.isPresent() && plan.stdin().isPresent()) {
      feed.get().add(openFifo(plan.stdin().get()), ByteBuffer.allocate(0));
    }
  }

  private void clients(IoLoop loop, Job job, ProcessIo io) throws IOException {
    for (var stream : LogStream.values()) {
      var client = job.clients().output(stream);
      if (client.isPresent() && source(job.streams(), stream).isPresent()) {
        var outlet = Outlet.adopt(loop, client.get());
        copy(loop, io, stream, job.streams(), new CopyTarget.Exclusive(outlet));
      }
    }
    var feed = feed(loop, job, true, io);
    if (feed.isPresent() && job.clients().input().isPresent()) {
      var input = job.clients().input().get();
      feed.get().add(input.connection(), input.first());
    }
  }

  /** The way to the process's stdin, if it has one. */
  private Optional<StdinFeed> feed(IoLoop loop, Job job, boolean once, ProcessIo io)
      throws LinuxException {
    var terminal = job.streams().terminal();
    if (!job.plan().wantsStdin() || (terminal.isEmpty() && job.streams().stdin().isEmpty())) {
      job.streams().stdin().ifPresent(Fd::close);
      return Optional.empty();
    }
    var target = terminal.isPresent() ? terminal.get().duplicate() : job.streams().stdin().get();
    var outlet = Outlet.adopt(loop, target);
    boolean closes = once && terminal.isEmpty();
    var feed =
        new StdinFeed(
            loop,
            outlet,
            closes ? outlet::finish : () -> {},
            terminal.isPresent() ? () -> {} : job.closeStdin());
    io.setStdin(feed);
    return Optional.of(feed);
  }

  private void copy(
      IoLoop loop,
      ProcessIo io,
      LogStream stream,
      KeeperDescriptors streams,
      CopyTarget.Receiver receiver)
      throws IOException {
    if (source(streams, stream).isPresent()) {
      pump(loop, io, stream, streams, new CopyTarget(receiver, loop.buffers()));
    }
  }

  private static void pump(
      IoLoop loop, ProcessIo io, LogStream stream, KeeperDescriptors streams, OutputTarget target)
      throws IOException {
    var source = source(streams, stream).orElseThrow();
    // a reader of its own beside the writer of stdin: one descriptor would have to share them
    var own = streams.terminal().isPresent() ? source.duplicate() : source;
    own.setNonBlocking(true);
    io.addPump(stream, new OutputPump(loop, own, target));
  }

  /** What the process's stream is read from; a terminal has stdout alone. */
  private static Optional<Fd> source(KeeperDescriptors streams, LogStream stream) {
    return switch (stream) {
      case STDOUT -> streams.terminal().or(streams::stdout);
      case STDERR -> streams.stderr();
    };
  }

  /**
   * Opened for both directions (fifo(7), Linux): neither the open nor a reader that leaves and
   * comes back ends the stream, as containerd's clients expect.
   */
  private static Fd openFifo(Path path) throws LinuxException {
    return OpenFile.open(path, OpenFlag.READ_WRITE, OpenFlag.NON_BLOCKING);
  }

  private static Optional<Pipe> relay(KeeperDescriptors streams) {
    return streams.terminal().isPresent() ? streams.spare() : Optional.empty();
  }
}
