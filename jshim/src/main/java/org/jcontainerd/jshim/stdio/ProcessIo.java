package org.jcontainerd.jshim.stdio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jcontainerd.jshim.log.CriLog;
import org.jcontainerd.jshim.log.LogStream;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;

/**
 * The streams of one process, from its keeper's descriptors to logs, clients, fifos or memory. All
 * methods may be called from any thread but the loop's own; the work happens on the loop. Owns the
 * descriptors.
 */
public final class ProcessIo {
  private final IoLoop loop;
  private final Optional<Fd> terminal;
  // All below: confined to the loop.
  private final Map<LogStream, OutputPump> pumps = new EnumMap<>(LogStream.class);
  private final Map<LogStream, AttachHub> hubs = new EnumMap<>(LogStream.class);
  private Optional<StdinFeed> stdin = Optional.empty();
  private Optional<CriLog> log = Optional.empty();

  ProcessIo(IoLoop loop, Optional<Fd> terminal) {
    this.loop = loop;
    this.terminal = terminal;
  }

  void addPump(LogStream stream, OutputPump pump) {
    pumps.put(stream, pump);
  }

  void addHub(LogStream stream, AttachHub hub) {
    hubs.put(stream, hub);
  }

  void setStdin(StdinFeed feed) {
    stdin = Optional.of(feed);
  }

  void setLog(CriLog criLog) {
    log = Optional.of(criLog);
  }

  void start() throws LinuxException {
    for (var pump : pumps.values()) {
      pump.start();
    }
  }

  /** The master of the process's pty, borrowed; for its size. */
  public Optional<Fd> terminal() {
    return terminal;
  }

  /**
   * Shows output to a client, from now on to its end.
   *
   * @param client owned by this object from now on
   * @return false if the process has no such stream for clients; then the client stays the caller's
   */
  public boolean attachOutput(LogStream stream, Fd client) throws IOException {
    return loop.call(() -> {
      var hub = hubs.get(stream);
      if (hub == null) {
        return false;
      }
      hub.add(Outlet.adopt(loop, client));
      return true;
    });
  }

  /**
   * Takes input from a client.
   *
   * @param client owned by this object from now on
   * @param first what the client has sent already
   * @return false if the process has no stdin (any more); then the client stays the caller's
   */
  public boolean attachInput(Fd client, ByteBuffer first) throws IOException {
    return loop.call(() -> {
      if (stdin.isEmpty()) {
        return false;
      }
      stdin.get().add(client, first);
      return true;
    });
  }

  /** Hands over what clients have sent, then closes the process's stdin; nothing without one. */
  public void closeStdin() throws IOException {
    loop.run(() -> {
      if (stdin.isPresent() && terminal.isEmpty()) {
        stdin.get().finish();
      }
    });
  }

  /**
   * @return false if the process is not logged
   */
  public boolean reopenLog() throws IOException {
    return loop.call(() -> {
      if (log.isEmpty()) {
        return false;
      }
      log.get().reopen();
      return true;
    });
  }

  /**
   * Takes what the process, which has just exited, left in its pipes.
   *
   * @return done when every output stream has reached its end
   */
  public CompletableFuture<Void> settle() throws IOException {
    return loop.call(() -> {
      for (var pump : pumps.values()) {
        pump.settle();
      }
      return allEnded();
    });
  }

  private CompletableFuture<Void> allEnded() {
    return CompletableFuture.allOf(
        pumps.values().stream().map(OutputPump::ended).toArray(CompletableFuture<?>[]::new));
  }

  /**
   * Ends all streams, also those that somebody else still holds open. Does nothing the second time.
   */
  public void close() throws IOException {
    loop.run(() -> {
      for (var pump : List.copyOf(pumps.values())) {
        pump.close();
      }
      if (stdin.isPresent()) {
        stdin.get().abandon();
      }
      terminal.ifPresent(Fd::close);
      log.ifPresent(CriLog::close);
      log = Optional.empty();
    });
  }
}
