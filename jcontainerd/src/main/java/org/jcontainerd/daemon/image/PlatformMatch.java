package org.jcontainerd.daemon.image;

import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.oci.image.Platform;

/**
 * Chooses from an index what this machine can run (image-spec, image-index.md). Immutable.
 *
 * <p>The exact variant is best, then those that the CPU runs as well, best first; among equals the
 * first of the index. Entries of build attestations ("unknown/unknown") are never chosen.
 */
final class PlatformMatch {
  private final List<Platform> preferred;

  private PlatformMatch(List<Platform> preferred) {
    this.preferred = preferred;
  }

  static PlatformMatch forHost(Platform host) {
    return new PlatformMatch(
        switch (host.architecture()) {
          case "arm64" ->
              List.of(
                  Platform.of(host.os(), "arm64", ""),
                  Platform.of(host.os(), "arm", "v8"),
                  Platform.of(host.os(), "arm", "v7"),
                  Platform.of(host.os(), "arm", "v6"),
                  Platform.of(host.os(), "arm", "v5"));
          case "amd64" ->
              List.of(Platform.of(host.os(), "amd64", ""), Platform.of(host.os(), "386", ""));
          case String other -> List.of(Platform.of(host.os(), other, host.variant()));
        });
  }

  /** The entry to run; empty if there is none for this machine. */
  Optional<Descriptor> choose(List<Descriptor> entries) {
    for (var wanted : preferred) {
      var found =
          entries.stream()
              .filter(
                  entry -> entry.platform().map(this::normal).filter(wanted::equals).isPresent())
              .findFirst();
      if (found.isPresent()) {
        return found;
      }
    }
    // an index may say nothing about platforms: its first entry is as good as any
    return entries.stream().filter(entry -> entry.platform().isEmpty()).findFirst();
  }

  /** Whether an image that says this of itself can run; one that says nothing may. */
  boolean accepts(Platform platform) {
    return platform.os().isEmpty()
        || platform.architecture().isEmpty()
        || preferred.contains(normal(platform));
  }

  /** Spellings that mean the same, and defaults that may be left out (containerd, platforms). */
  private Platform normal(Platform platform) {
    var architecture =
        switch (platform.architecture()) {
          case "x86_64", "x86-64" -> "amd64";
          case "aarch64" -> "arm64";
          case "i386" -> "386";
          case "armhf" -> "arm";
          case String same -> same;
        };
    var variant =
        switch (architecture) {
          case "arm64" -> platform.variant().equals("v8") ? "" : platform.variant();
          case "arm" -> platform.variant().isEmpty() ? "v7" : platform.variant();
          // v1 is every 64-bit CPU; v2 and up are not chosen, because not all hosts have them
          case "amd64" -> platform.variant().equals("v1") ? "" : platform.variant();
          case String _ -> platform.variant();
        };
    return Platform.of(platform.os(), architecture, variant);
  }
}
