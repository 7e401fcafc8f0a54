package org.jcontainerd.daemon;

import java.util.Optional;

/** The version of this build. */
final class BuildVersion {
  private BuildVersion() {}

  /** From the jar's manifest; "dev" when run from class directories. */
  static String current() {
    return Optional.ofNullable(BuildVersion.class.getPackage())
        .map(Package::getImplementationVersion)
        .orElse("0.1.0-dev");
  }
}
