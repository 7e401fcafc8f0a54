package org.jcontainerd.jshim.stdio;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jcontainerd.jshim.log.CriLog;
import org.jcontainerd.jshim.log.LogBuffers;
import org.jcontainerd.jshim.log.LogStream;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.Pipe;

/**
 * Output that is logged: out of the pipe into the spool by splice, from there to the log and to
 * attached clients. A terminal goes through the relay pipe, because splice(2) needs a pipe on one
 * side; the keeper holds that too.
 */
final class LogTarget implements OutputTarget {
  private final CriLog log;
  private final LogStream stream;
  private final Optional<Pipe> relay;
  private final AttachHub hub;
  private final LogBuffers buffers;

  LogTarget(CriLog log, LogStream stream, Optional<Pipe> relay, AttachHub hub, LogBuffers buffers) {
    this.log = log;
    this.stream = stream;
    this.relay = relay;
    this.hub = hub;
    this.buffers = buffers;
  }

  /** Writes what a former shim had taken and not written. Called once, before the first turn. */
  void recover() throws IOException {
    if (relay.isPresent()) {
      while (log.fill(stream, relay.get().readEnd(), LogBuffers.TURN_BYTES).orElse(0) > 0) {
        log.write(stream, false);
      }
    }
    log.write(stream, false);
  }

  @Override
  public OptionalLong pull(Fd source) throws IOException {
    var moved = relay.isPresent() ? throughRelay(source, relay.get()) : fill(source);
    if (moved.orElse(0) > 0) {
      if (!hub.isEmpty()) {
        hub.send(log.latest(stream, moved.getAsLong(), buffers.raw()));
      }
      log.write(stream, false);
    }
    return moved;
  }

  private OptionalLong fill(Fd pipe) throws IOException {
    return log.fill(stream, pipe, LogBuffers.TURN_BYTES);
  }

  private OptionalLong throughRelay(Fd terminal, Pipe pipe) throws IOException {
    var taken = Pipe.splice(terminal, pipe.writeEnd(), LogBuffers.TURN_BYTES);
    if (taken.orElse(0) == 0) {
      return taken;
    }
    var moved = fill(pipe.readEnd());
    if (!moved.equals(taken)) {
      throw new IOException("splice: " + taken + " from terminal, " + moved + " to spool");
    }
    return moved;
  }

  @Override
  public void end() throws IOException {
    log.write(stream, true);
    hub.end();
    relay.ifPresent(Pipe::close);
  }
}
