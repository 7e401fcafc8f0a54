package org.jcontainerd.testing.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the built programs and the unpacked peers are. */
public final class Locations {
  private Locations() {}

  /** The checkout: system property {@code jcontainerd.basedir}, else the working directory. */
  public static Path checkout() {
    return Path.of(System.getProperty("jcontainerd.basedir", "")).toAbsolutePath();
  }

  /** What {@code bin/build} leaves: {@code bin/ lib/ cni/}. */
  public static Path home() {
    return Optional.ofNullable(System.getProperty("jcontainerd.home"))
        .map(Path::of)
        .orElseGet(() -> checkout().resolve("dist/target/jcontainerd"));
  }

  /**
   * A program that {@code bin/build} makes, as "bin/jctl".
   *
   * @throws IllegalStateException if it is not built
   */
  public static Path program(String name) {
    Path path = home().resolve(name);
    if (!Files.isExecutable(path)) {
      throw new IllegalStateException("program '" + path + "' is not there: run bin/build");
    }
    return path;
  }

  /** What {@code bin/setup} unpacks: {@code bin/} programs, {@code cni/} reference plugins. */
  public static Path peers() {
    return checkout().resolve("target/peers");
  }

  /**
   * A program of a peer.
   *
   * @throws IllegalStateException if it is not unpacked
   */
  public static Path peer(String program) {
    Path path = peers().resolve("bin").resolve(program);
    if (!Files.isExecutable(path)) {
      throw new IllegalStateException("peer '" + path + "' is not there: run bin/setup");
    }
    return path;
  }
}
