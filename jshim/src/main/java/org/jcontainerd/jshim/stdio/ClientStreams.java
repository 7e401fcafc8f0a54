package org.jcontainerd.jshim.stdio;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jshim.log.LogStream;
import org.jcontainerd.linux.Fd;

/**
 * Connections of clients that wait for an exec to start. Thread-safe; owns the connections until
 * they are taken by {@link StreamPlumbing#open}.
 */
public final class ClientStreams implements AutoCloseable {

  /**
   * A client that sends input.
   *
   * @param first what it has sent already
   */
  public record Input(Fd connection, ByteBuffer first) {}

  private final Map<LogStream, Fd> outputs = new EnumMap<>(LogStream.class);
  private Optional<Input> input = Optional.empty();

  /**
   * @return false if the stream has a client; then the connection stays the caller's
   */
  public synchronized boolean setOutput(LogStream stream, Fd connection) {
    return outputs.putIfAbsent(stream, connection) == null;
  }

  /**
   * @return false if there is an input; then the connection stays the caller's
   */
  public synchronized boolean setInput(Input connection) {
    if (input.isPresent()) {
      return false;
    }
    input = Optional.of(connection);
    return true;
  }

  public synchronized Optional<Fd> output(LogStream stream) {
    return Optional.ofNullable(outputs.get(stream));
  }

  public synchronized Optional<Input> input() {
    return input;
  }

  @Override
  public synchronized void close() {
    outputs.values().forEach(Fd::close);
    input.ifPresent(client -> client.connection().close());
  }
}
