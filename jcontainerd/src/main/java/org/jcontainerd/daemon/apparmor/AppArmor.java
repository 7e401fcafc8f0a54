package org.jcontainerd.daemon.apparmor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.api.cri.v1.LinuxContainerSecurityContext;
import org.jcontainerd.api.cri.v1.SecurityProfile;
import org.jcontainerd.daemon.failure.DaemonFailure;

/**
 * AppArmor as the kernel has it, and what containers get of it (CRI, {@code
 * LinuxContainerSecurityContext.apparmor}). Thread-safe.
 *
 * @param sys normally {@code /sys}
 */
public record AppArmor(Path sys) {
  /** The profile of containers that ask for the runtime's default, or for none. */
  public static final String DEFAULT = "jcontainerd-default";

  private static final String LOCALHOST = "localhost/";

  /** Whether the kernel enforces profiles, and says which. */
  boolean enabled() {
    try {
      return Files.readString(sys.resolve("module/apparmor/parameters/enabled")).startsWith("Y")
          && Files.exists(profiles());
    } catch (NoSuchFileException _) {
      return false;
    } catch (IOException e) {
      throw new DaemonFailure.OperationFailed("ask the kernel for AppArmor", e);
    }
  }

  private Path profiles() {
    return sys.resolve("kernel/security/apparmor/profiles");
  }

  /** Whether the kernel has a profile of that name, in whatever mode. */
  boolean loaded(String name) {
    try (var lines = Files.lines(profiles())) { // "name (enforce)"
      return lines.anyMatch(
          line -> line.startsWith(name + " (") && line.lastIndexOf(" (") == name.length());
    } catch (IOException e) {
      throw new DaemonFailure.OperationFailed("read AppArmor's profiles", e);
    }
  }

  /**
   * The profile of a container's processes. Without AppArmor none can be had: only a profile of the
   * host's is missed then. A privileged container has none (CRI, {@code privileged}).
   *
   * @return empty for none
   * @throws DaemonFailure.InvalidArgument for a profile that is not loaded
   * @throws DaemonFailure.FailedPrecondition if the default is asked for and could not be loaded
   */
  public Optional<String> profile(LinuxContainerSecurityContext security) {
    if (security.getPrivileged()) {
      return Optional.empty();
    }
    Optional<SecurityProfile> asked = asked(security);
    boolean enabled = enabled();
    if (asked.isEmpty()) {
      return enabled && loaded(DEFAULT) ? Optional.of(DEFAULT) : Optional.empty();
    }
    return switch (asked.get().getProfileType()) {
      case Unconfined -> Optional.empty();
      case RuntimeDefault -> enabled ? Optional.of(loadedDefault()) : Optional.empty();
      case Localhost -> Optional.of(localhost(asked.get().getLocalhostRef(), enabled));
      case UNRECOGNIZED ->
          throw new DaemonFailure.InvalidArgument(
              "apparmor profile type '" + asked.get().getProfileTypeValue() + "': unknown");
    };
  }

  private String loadedDefault() {
    if (!loaded(DEFAULT)) {
      throw new DaemonFailure.FailedPrecondition(
          "apparmor profile '"
              + DEFAULT
              + "' is not loaded: install apparmor_parser and start jcontainerd again");
    }
    return DEFAULT;
  }

  private String localhost(String reference, boolean enabled) {
    String name =
        reference.startsWith(LOCALHOST) ? reference.substring(LOCALHOST.length()) : reference;
    if (name.isEmpty()) {
      throw new DaemonFailure.InvalidArgument("apparmor profile: localhost reference is empty");
    }
    if (!enabled) {
      throw new DaemonFailure.InvalidArgument(
          "apparmor profile '" + name + "': this kernel has no AppArmor, it cannot be enforced");
    }
    if (!loaded(name)) {
      throw new DaemonFailure.InvalidArgument(
          "apparmor profile '" + name + "' is not loaded on this host: load it by apparmor_parser");
    }
    return name;
  }

  /** The message if it is there, else the deprecated string; empty if neither says anything. */
  @SuppressWarnings("deprecation") // CRI still carries the old field; the new one wins
  private static Optional<SecurityProfile> asked(LinuxContainerSecurityContext security) {
    if (security.hasApparmor()) {
      return Optional.of(security.getApparmor());
    }
    String text = security.getApparmorProfile();
    var profile = SecurityProfile.newBuilder();
    return switch (text) {
      case "" -> Optional.empty();
      case "unconfined" ->
          Optional.of(profile.setProfileType(SecurityProfile.ProfileType.Unconfined).build());
      case "runtime/default" ->
          Optional.of(profile.setProfileType(SecurityProfile.ProfileType.RuntimeDefault).build());
      case String t when t.startsWith(LOCALHOST) ->
          Optional.of(
              profile
                  .setProfileType(SecurityProfile.ProfileType.Localhost)
                  .setLocalhostRef(t)
                  .build());
      default ->
          throw new DaemonFailure.InvalidArgument("apparmor profile '" + text + "': unknown");
    };
  }
}
