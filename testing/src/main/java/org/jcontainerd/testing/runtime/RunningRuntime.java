package org.jcontainerd.testing.runtime;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A CRI runtime that runs on its own socket and directories. Closing it stops what it started and
 * removes its directory. Confined to one thread.
 */
public interface RunningRuntime extends AutoCloseable {
  /** For tables and test names: {@code jcontainerd}, {@code containerd}. */
  String name();

  /** The CRI socket. */
  Path socket();

  /** Everything of this runtime is below it; log directories of pods may be made in it. */
  Path directory();

  /** Process id of the daemon. */
  long pid();

  /** kill -9 of the daemon; what it supervises goes on. */
  void kill();

  /** Starts the daemon again on the same directories. */
  void start() throws IOException, InterruptedException;

  /** What the daemon printed last, for messages of failed tests. */
  String log() throws IOException;

  @Override
  void close() throws IOException;
}
