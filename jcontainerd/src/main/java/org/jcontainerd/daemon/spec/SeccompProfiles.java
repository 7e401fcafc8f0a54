package org.jcontainerd.daemon.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.api.cri.v1.SecurityProfile;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Seccomp;

/**
 * The system call filter of a container. Thread-safe.
 *
 * @param directory where relative Localhost references are looked up
 */
record SeccompProfiles(Path directory, SeccompDefault runtimeDefault, String machine) {
  private static final String LOCALHOST = "localhost/";
  private static final long LARGEST_PROFILE = 4 << 20;

  static SeccompProfiles in(Path directory) {
    return new SeccompProfiles(
        directory, SeccompDefault.load(), System.getProperty("os.arch", "amd64"));
  }

  /**
   * The filter that {@code profile} asks for; the deprecated string counts only if the message is
   * absent (CRI: the new field wins).
   *
   * @return empty for unconfined, which is also what "nothing said" means
   */
  Optional<Seccomp> filter(
      Optional<SecurityProfile> profile, String deprecated, Set<String> bounding) {
    SecurityProfile wanted = profile.orElseGet(() -> fromDeprecated(deprecated));
    return switch (wanted.getProfileType()) {
      case Unconfined -> Optional.empty();
      case RuntimeDefault -> Optional.of(runtimeDefault.forCapabilities(bounding, machine));
      case Localhost -> Optional.of(localhost(wanted.getLocalhostRef()));
      case UNRECOGNIZED ->
          throw new DaemonFailure.InvalidArgument(
              "seccomp profile type '" + wanted.getProfileTypeValue() + "': unknown");
    };
  }

  private Seccomp localhost(String reference) {
    String name =
        reference.startsWith(LOCALHOST) ? reference.substring(LOCALHOST.length()) : reference;
    if (name.isEmpty()) {
      throw new DaemonFailure.InvalidArgument("seccomp profile: localhost reference is empty");
    }
    Path file = directory.resolve(name);
    try {
      if (Files.size(file) > LARGEST_PROFILE) {
        throw new DaemonFailure.InvalidArgument(
            "seccomp profile '" + file + "': larger than " + LARGEST_PROFILE + " bytes");
      }
      return OciJson.read(Files.readAllBytes(file), Seccomp.class);
    } catch (JsonException e) {
      throw new DaemonFailure.InvalidArgument("seccomp profile '" + file + "'", e);
    } catch (IOException e) {
      throw new DaemonFailure.InvalidArgument("read seccomp profile '" + file + "'", e);
    }
  }

  private static SecurityProfile fromDeprecated(String text) {
    var profile = SecurityProfile.newBuilder();
    return switch (text) {
      case "", "unconfined" ->
          profile.setProfileType(SecurityProfile.ProfileType.Unconfined).build();
      case "runtime/default", "docker/default" ->
          profile.setProfileType(SecurityProfile.ProfileType.RuntimeDefault).build();
      case String t when t.startsWith(LOCALHOST) ->
          profile
              .setProfileType(SecurityProfile.ProfileType.Localhost)
              .setLocalhostRef(t.substring(LOCALHOST.length()))
              .build();
      default -> throw new DaemonFailure.InvalidArgument("seccomp profile '" + text + "': unknown");
    };
  }
}
