package org.jcontainerd.jshim.log;

import java.io.IOException;
import java.nio.file.Path;

/** Learns what goes wrong with log files. Called on the loops; thread-safe. */
public interface LogProblems {
  /** {@code bytes} of output could not be written and are lost. */
  void dropped(Path log, long bytes, IOException cause);

  /** A batch was written: a problem that was reported is over. */
  void written(Path log);
}
