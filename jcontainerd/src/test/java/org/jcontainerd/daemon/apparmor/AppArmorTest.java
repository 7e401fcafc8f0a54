package org.jcontainerd.daemon.apparmor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.api.cri.v1.LinuxContainerSecurityContext;
import org.jcontainerd.api.cri.v1.SecurityProfile;
import org.jcontainerd.api.cri.v1.SecurityProfile.ProfileType;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppArmorTest {
  private static final Optional<String> DEFAULT = Optional.of("jcontainerd-default");

  @TempDir Path sys;

  /** A kernel with these lines of profiles. */
  private AppArmor kernel(String profiles) throws IOException {
    Path parameters = Files.createDirectories(sys.resolve("module/apparmor/parameters"));
    Files.writeString(parameters.resolve("enabled"), "Y\n");
    Path security = Files.createDirectories(sys.resolve("kernel/security/apparmor"));
    Files.writeString(security.resolve("profiles"), profiles);
    return new AppArmor(sys);
  }

  private static LinuxContainerSecurityContext.Builder asked(ProfileType type, String reference) {
    return LinuxContainerSecurityContext.newBuilder()
        .setApparmor(SecurityProfile.newBuilder().setProfileType(type).setLocalhostRef(reference));
  }

  @SuppressWarnings("deprecation") // CRI still carries the old field
  private static LinuxContainerSecurityContext old(String profile) {
    return LinuxContainerSecurityContext.newBuilder().setApparmorProfile(profile).build();
  }

  @Test
  void nothingAsked_isTheDefaultWhereItIsLoaded() throws Exception {
    var nothing = LinuxContainerSecurityContext.getDefaultInstance();
    assertEquals(DEFAULT, kernel("jcontainerd-default (enforce)\n").profile(nothing));
    assertEquals(Optional.empty(), kernel("other (enforce)\n").profile(nothing));
    assertEquals(Optional.empty(), new AppArmor(Path.of("/nowhere")).profile(nothing));
  }

  @Test
  void runtimeDefault_thatCouldNotBeLoaded_isRefused() throws Exception {
    var asked = asked(ProfileType.RuntimeDefault, "").build();
    assertEquals(DEFAULT, kernel("a (enforce)\njcontainerd-default (enforce)\n").profile(asked));
    var apparmor = kernel("jcontainerd-default-2 (enforce)\n");
    assertEquals(
        "apparmor profile 'jcontainerd-default' is not loaded: install apparmor_parser and start"
            + " jcontainerd again",
        assertThrows(DaemonFailure.FailedPrecondition.class, () -> apparmor.profile(asked))
            .getMessage());
    assertEquals(Optional.empty(), new AppArmor(Path.of("/nowhere")).profile(asked));
  }

  @Test
  void localhost_mustBeLoaded() throws Exception {
    var apparmor = kernel("my (profile) (complain)\nshort (enforce)\n");
    assertEquals(
        Optional.of("my (profile)"),
        apparmor.profile(asked(ProfileType.Localhost, "my (profile)").build()));
    assertEquals(
        Optional.of("short"),
        apparmor.profile(asked(ProfileType.Localhost, "localhost/short").build()));
    for (String missing : new String[] {"my", "sho", "shorter"}) {
      assertEquals(
          "apparmor profile '"
              + missing
              + "' is not loaded on this host: load it by apparmor_parser",
          assertThrows(
                  DaemonFailure.InvalidArgument.class,
                  () -> apparmor.profile(asked(ProfileType.Localhost, missing).build()))
              .getMessage());
    }
    assertEquals(
        "apparmor profile: localhost reference is empty",
        assertThrows(
                DaemonFailure.InvalidArgument.class,
                () -> apparmor.profile(asked(ProfileType.Localhost, "").build()))
            .getMessage());
  }

  @Test
  void localhost_withoutAppArmor_isRefused() {
    assertEquals(
        "apparmor profile 'p': this kernel has no AppArmor, it cannot be enforced",
        assertThrows(
                DaemonFailure.InvalidArgument.class,
                () ->
                    new AppArmor(Path.of("/nowhere"))
                        .profile(asked(ProfileType.Localhost, "p").build()))
            .getMessage());
  }

  @Test
  void privileged_hasNone() throws Exception {
    var apparmor = kernel("jcontainerd-default (enforce)\n");
    for (ProfileType type : new ProfileType[] {ProfileType.RuntimeDefault, ProfileType.Localhost}) {
      assertEquals(
          Optional.empty(), apparmor.profile(asked(type, "p").setPrivileged(true).build()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "runtime/default, jcontainerd-default",
    "localhost/own, own",
    "unconfined, ",
    "'', jcontainerd-default"
  })
  void deprecatedText_isUnderstood(String text, String profile) throws Exception {
    var apparmor = kernel("own (enforce)\njcontainerd-default (enforce)\n");
    assertEquals(Optional.ofNullable(profile), apparmor.profile(old(text)));
  }

  @Test
  void deprecatedText_unknown_isRefused() throws Exception {
    var apparmor = kernel("own (enforce)\n");
    assertEquals(
        "apparmor profile 'own': unknown",
        assertThrows(DaemonFailure.InvalidArgument.class, () -> apparmor.profile(old("own")))
            .getMessage());
  }
}
