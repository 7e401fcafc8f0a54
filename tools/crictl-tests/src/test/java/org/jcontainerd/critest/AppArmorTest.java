package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.SecurityProfile;
import org.jcontainerd.api.cri.v1.SecurityProfile.ProfileType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AppArmor profiles of containers, where the kernel has AppArmor. */
class AppArmorTest extends CriSuite {
  private static final Path ENABLED = Path.of("/sys/module/apparmor/parameters/enabled");
  private static final Path PARSER = Path.of("/usr/sbin/apparmor_parser");
  private static final String CURRENT = "cat /proc/self/attr/apparmor/current";

  @TempDir Path directory;

  @BeforeEach
  void needAppArmor() throws Exception {
    assumeTrue(
        Files.exists(ENABLED) && Files.readString(ENABLED).startsWith("Y"),
        "this kernel has no AppArmor: bin/test --vm has one");
    assumeTrue(Files.isExecutable(PARSER), "apparmor_parser is not installed");
  }

  /** Hands the parser a profile that allows everything but to write {@code /tmp/forbidden}. */
  private void parse(String action, String name) throws IOException, InterruptedException {
    Path file = directory.resolve("profile");
    Files.writeString(
        file,
        """
        profile %s flags=(attach_disconnected,mediate_deleted) {
          file,
          capability,
          network,
          signal,
          ptrace,
          unix,
          deny /tmp/forbidden w,
        }
        """
            .formatted(name));
    var parser =
        new ProcessBuilder(PARSER.toString(), "--skip-cache", action, file.toString())
            .inheritIO()
            .start();
    assertEquals(0, parser.waitFor(), action);
  }

  private ContainerConfig container(
      UnaryOperator<SecurityProfile.Builder> profile, boolean privileged) {
    var config = shell("main", "sleep 3600");
    var security = config.getLinuxBuilder().getSecurityContextBuilder();
    security.setApparmor(profile.apply(SecurityProfile.newBuilder())).setPrivileged(privileged);
    return config.build();
  }

  private String started(
      String name, UnaryOperator<SecurityProfile.Builder> profile, boolean privileged) {
    var pod = pods().pod(name);
    pod.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(privileged);
    return start(run(pod.build()), pod.build(), container(profile, privileged));
  }

  private String defaultProfile() {
    return (kind == RuntimeKind.JCONTAINERD ? "jcontainerd-default" : "cri-containerd.apparmor.d")
        + " (enforce)";
  }

  @Test
  void runtimeDefault_isEnforced_alsoIfNothingIsAsked() {
    String asked = started("asked", p -> p.setProfileType(ProfileType.RuntimeDefault), false);
    assertEquals(defaultProfile(), output(asked, CURRENT));
    String silent = startShell("silent", "sleep 3600");
    assertEquals(defaultProfile(), output(silent, CURRENT));
    // a container's ordinary life goes on in it
    assertEquals("4", output(silent, "echo $((2+2)) > /tmp/f && cat /tmp/f"));
    assertEquals("", output(silent, "sleep 100 & kill $!"));
  }

  @Test
  void runtimeDefault_keepsTheKernelsFilesFromRoot() {
    var config = shell("main", "sleep 3600");
    var security = config.getLinuxBuilder().getSecurityContextBuilder();
    // nothing else stands in the way
    security.clearMaskedPaths().clearReadonlyPaths();
    var pod = pods().pod("files").build();
    String id = start(run(pod), pod, config.build());
    String script =
        "for f in vm/swappiness kernel/panic fs/file-max; do echo 1 > /proc/sys/$f; done;"
            + " echo 1 > /proc/sys/net/ipv4/ip_forward && echo net; mount -t tmpfs none /mnt; :";
    var answer = pods().exec(id, "sh", "-c", script);
    String errors = answer.getStderr().toStringUtf8();
    for (String file : new String[] {"vm/swappiness", "kernel/panic", "fs/file-max"}) {
      assertTrue(errors.contains(file + ": Permission denied"), errors);
    }
  }

  @Test
  void unconfined_andPrivileged_haveNone() {
    String unconfined = started("unconfined", p -> p.setProfileType(ProfileType.Unconfined), false);
    assertEquals("unconfined", output(unconfined, CURRENT));
    String privileged =
        started("privileged", p -> p.setProfileType(ProfileType.RuntimeDefault), true);
    assertEquals("unconfined", output(privileged, CURRENT));
  }

  @Test
  void localhost_isTheProfileOfTheHost() throws Exception {
    parse("--replace", "jcontainerd-cri-test");
    try {
      String id =
          started(
              "localhost",
              p -> p.setProfileType(ProfileType.Localhost).setLocalhostRef("jcontainerd-cri-test"),
              false);
      assertEquals("jcontainerd-cri-test (enforce)", output(id, CURRENT));
      var denied = pods().exec(id, "sh", "-c", "echo x > /tmp/forbidden");
      assertTrue(denied.getStderr().toStringUtf8().contains("Permission denied"));
    } finally {
      parse("--remove", "jcontainerd-cri-test");
    }
  }

  @Test
  void localhost_thatIsNotLoaded_isRefused() {
    var pod = pods().pod("missing").build();
    String podId = run(pod);
    var config =
        container(
            p -> p.setProfileType(ProfileType.Localhost).setLocalhostRef("jcontainerd-missing"),
            false);
    var status = refused(() -> pods().create(podId, pod, config));
    assertTrue(String.valueOf(status.getDescription()).contains("jcontainerd-missing"));
    if (kind == RuntimeKind.JCONTAINERD) {
      assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
      assertEquals(
          "apparmor profile 'jcontainerd-missing' is not loaded on this host: load it by"
              + " apparmor_parser",
          status.getDescription());
    }
  }
}
