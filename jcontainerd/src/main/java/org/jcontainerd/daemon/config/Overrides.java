package org.jcontainerd.daemon.config;

import java.nio.file.Path;
import java.util.Optional;

/** What the command line says over the file. */
public record Overrides(
    Optional<Path> file,
    Optional<Path> root,
    Optional<Path> state,
    Optional<Path> address,
    Optional<Config.LogLevel> logLevel) {

  /** Nothing said. */
  public static final Overrides NONE =
      new Overrides(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
