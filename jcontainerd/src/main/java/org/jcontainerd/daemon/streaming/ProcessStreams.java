package org.jcontainerd.daemon.streaming;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The streams of a process that a client is connected to, as the streaming server sees them. Each
 * channel is used by one thread; {@link #resize} may be called from another.
 */
public interface ProcessStreams extends AutoCloseable {

  /** Where to write the client's input; closing it is the end of input. Empty if not asked for. */
  Optional<WritableByteChannel> stdin();

  /** The output, to be read to its end. Empty if not asked for. */
  Optional<ReadableByteChannel> stdout();

  /** The error output, to be read to its end. Empty if not asked for or with a terminal. */
  Optional<ReadableByteChannel> stderr();

  /** Sets the terminal's size; ignored without a terminal. */
  void resize(int columns, int rows) throws IOException;

  /**
   * Waits for the process and answers its exit code; called after the output has ended.
   *
   * @return empty where the end of the streams says nothing about the process (attach)
   */
  OptionalInt await() throws IOException, InterruptedException;

  /** Releases everything. A process started for this client that still runs is killed. */
  @Override
  void close() throws IOException;

  /** Connects the streams of a process when the client is there. */
  @FunctionalInterface
  interface Opener {
    /** Called once, when the client has opened its streams: starts the process of an exec. */
    ProcessStreams open() throws IOException;
  }
}
