package org.jcontainerd.oci.image;

import java.util.List;
import org.jcontainerd.oci.json.Json;

/**
 * What an image runs on (image-index.md). Immutable; values as Go's GOARCH and GOOS.
 *
 * @param variant of the CPU ("v7" of arm); "" if none
 */
public record Platform(
    @Json(always = true) String architecture,
    @Json(always = true) String os,
    @Json(name = "os.version") String osVersion,
    @Json(name = "os.features") List<String> osFeatures,
    String variant) {
  public Platform {
    osFeatures = List.copyOf(osFeatures);
  }

  public static Platform of(String os, String architecture, String variant) {
    return new Platform(architecture, os, "", List.of(), variant);
  }

  /** The platform that this program runs on. */
  public static Platform host() {
    var arch = System.getProperty("os.arch", "");
    return switch (arch) {
      case "amd64", "x86_64" -> of("linux", "amd64", "");
      case "aarch64" -> of("linux", "arm64", "v8");
      default -> of("linux", arch, "");
    };
  }

  /** "os/architecture" and, where there is one, "/variant". */
  @Override
  public String toString() {
    return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
  }
}
