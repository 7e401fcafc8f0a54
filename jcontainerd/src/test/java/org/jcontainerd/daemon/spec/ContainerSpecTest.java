package org.jcontainerd.daemon.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jcontainerd.api.cri.v1.CDIDevice;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.IDMapping;
import org.jcontainerd.api.cri.v1.KeyValue;
import org.jcontainerd.api.cri.v1.Mount;
import org.jcontainerd.api.cri.v1.MountPropagation;
import org.jcontainerd.api.cri.v1.NamespaceMode;
import org.jcontainerd.api.cri.v1.SecurityProfile;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.Seccomp;
import org.jcontainerd.oci.runtime.Spec;
import org.junit.jupiter.api.Test;

final class ContainerSpecTest {
  @Test
  void of_plainContainer_isTheGoldenSpec() throws IOException {
    var spec = SpecFixture.spec(SpecFixture.container());
    try (var golden = ContainerSpecTest.class.getResourceAsStream("plain.json")) {
      assertTrue(golden != null);
      assertEquals(
          OciJson.readValue(golden.readAllBytes()), OciJson.readValue(OciJson.write(spec)));
    }
  }

  @Test
  void command_ofCri_replacesEntrypointAndArguments() {
    assertEquals(List.of("/entry", "arg"), args(SpecFixture.container()));
    assertEquals(List.of("/entry", "a"), args(SpecFixture.container().addArgs("a")));
    assertEquals(List.of("sh"), args(SpecFixture.container().addCommand("sh")));
    assertEquals(List.of("sh", "-c"), args(SpecFixture.container().addCommand("sh").addArgs("-c")));
  }

  @Test
  void env_laterWins_inPlace() {
    var config =
        SpecFixture.container()
            .setTty(true)
            .addEnvs(KeyValue.newBuilder().setKey("FROM").setValue(ByteString.copyFromUtf8("cri")));
    assertEquals(
        List.of("PATH=/bin", "TERM=xterm", "FROM=cri", "HOSTNAME=host"),
        SpecFixture.spec(config).process().orElseThrow().env());
  }

  @Test
  void annotations_comeFromThePod_neverFromLabelsOfTheImage() {
    var annotations = SpecFixture.spec(SpecFixture.container()).annotations();
    assertEquals("a".repeat(64), annotations.get("io.kubernetes.cri.sandbox-id"));
  }

  @Test
  void capabilities_addDropAll() {
    assertEquals(
        Set.of("CAP_CHOWN", "CAP_NET_ADMIN"),
        bounding(c ->
            c.addDropCapabilities("ALL")
                .addAddCapabilities("CHOWN")
                .addAddCapabilities("CAP_NET_ADMIN")));
    assertEquals(Set.of(), bounding(c -> c.addDropCapabilities("all")));
    assertEquals(
        Set.copyOf(SpecFixture.HOST.capabilities()), bounding(c -> c.addAddCapabilities("ALL")));
    assertFalse(bounding(c -> c.addDropCapabilities("NET_RAW")).contains("CAP_NET_RAW"));
    var ambient = SpecFixture.container();
    ambient
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getCapabilitiesBuilder()
        .addAddAmbientCapabilities("NET_ADMIN");
    var capabilities =
        SpecFixture.spec(ambient).process().orElseThrow().capabilities().orElseThrow();
    assertEquals(List.of("CAP_NET_ADMIN"), capabilities.ambient());
    assertEquals(List.of(), capabilities.inheritable());
    assertTrue(capabilities.bounding().contains("CAP_NET_ADMIN"));
    assertEquals(
        "capability 'WINGS': unknown",
        assertThrows(
                DaemonFailure.InvalidArgument.class,
                () -> bounding(c -> c.addAddCapabilities("WINGS")))
            .getMessage());
  }

  @Test
  void privileged_hasEverythingTheHostHas() {
    var config = SpecFixture.container();
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setPrivileged(true)
        .addMaskedPaths("/proc/kcore")
        .setSeccomp(
            SecurityProfile.newBuilder()
                .setProfileType(SecurityProfile.ProfileType.RuntimeDefault));
    var spec = SpecFixture.spec(config);
    var linux = spec.linux().orElseThrow();
    assertEquals(
        SpecFixture.HOST.capabilities(),
        spec.process().orElseThrow().capabilities().orElseThrow().bounding());
    assertEquals(Optional.empty(), linux.seccomp());
    assertEquals(List.of(), linux.maskedPaths());
    assertTrue(linux.resources().orElseThrow().devices().getFirst().allow());
    assertTrue(
        spec.mounts().stream()
            .filter(m -> m.destination().equals("/sys"))
            .allMatch(m -> m.options().contains("rw")));
  }

  @Test
  void namespaces_followTheModes() {
    assertEquals(
        Set.of(
            "mount=",
            "ipc=/proc/4242/ns/ipc",
            "uts=/proc/4242/ns/uts",
            "network=/run/netns/a",
            "pid=/proc/4242/ns/pid"),
        namespaces(NamespaceMode.POD, NamespaceMode.POD));
    assertTrue(namespaces(NamespaceMode.CONTAINER, NamespaceMode.POD).contains("pid="));
    var node = namespaces(NamespaceMode.NODE, NamespaceMode.NODE);
    assertEquals(Set.of("mount=", "ipc=/proc/4242/ns/ipc", "uts=/proc/4242/ns/uts"), node);
    assertThrows(
        DaemonFailure.FailedPrecondition.class,
        () -> namespaces(NamespaceMode.TARGET, NamespaceMode.POD));
  }

  @Test
  void mounts_parentsFirst_propagationAndReadOnly() {
    var config =
        SpecFixture.container()
            .addMounts(mount("/a/b", MountPropagation.PROPAGATION_HOST_TO_CONTAINER))
            .addMounts(mount("/a", MountPropagation.PROPAGATION_PRIVATE).setReadonly(true))
            .addMounts(mount("/etc/hosts", MountPropagation.PROPAGATION_PRIVATE));
    var spec = SpecFixture.spec(config);
    var destinations = spec.mounts().stream().map(m -> m.destination()).toList();
    assertTrue(destinations.indexOf("/a") < destinations.indexOf("/a/b"));
    assertEquals(1, destinations.stream().filter("/etc/hosts"::equals).count());
    assertEquals(List.of("rbind", "rprivate", "ro"), options(spec, "/a"));
    assertEquals(List.of("rbind", "rslave", "rw"), options(spec, "/a/b"));
    assertEquals("rslave", spec.linux().orElseThrow().rootfsPropagation());
    var shared =
        SpecFixture.spec(
            SpecFixture.container()
                .addMounts(
                    mount("/s", MountPropagation.PROPAGATION_BIDIRECTIONAL).setHostPath("/proc")));
    assertEquals("rshared", shared.linux().orElseThrow().rootfsPropagation());
    assertEquals(
        "mount '/': is not on a shared mount, which bidirectional propagation needs",
        assertThrows(
                DaemonFailure.FailedPrecondition.class,
                () ->
                    SpecFixture.spec(
                        SpecFixture.container()
                            .addMounts(mount("/s", MountPropagation.PROPAGATION_BIDIRECTIONAL))))
            .getMessage());
    var recursive =
        mount("/r", MountPropagation.PROPAGATION_PRIVATE)
            .setReadonly(true)
            .setRecursiveReadOnly(true);
    assertEquals(
        List.of("rbind", "rprivate", "rro"),
        options(SpecFixture.spec(SpecFixture.container().addMounts(recursive)), "/r"));
  }

  @Test
  void seccomp_default_deniesAlgVsockAndIoUring() {
    var profile = seccomp(SecurityProfile.ProfileType.RuntimeDefault).orElseThrow();
    assertEquals("SCMP_ACT_ERRNO", profile.defaultAction());
    var names =
        profile.syscalls().stream()
            .filter(r -> r.action().equals("SCMP_ACT_ALLOW") && r.args().isEmpty())
            .flatMap(r -> r.names().stream())
            .collect(Collectors.toSet());
    for (String denied :
        List.of(
            "io_uring_setup",
            "io_uring_enter",
            "io_uring_register",
            "socket",
            "mount",
            "clone",
            "clone3",
            "unshare",
            "bpf",
            "keyctl",
            "add_key",
            "init_module",
            "reboot")) {
      assertFalse(names.contains(denied), denied);
    }
    for (String allowed : List.of("read", "openat2", "execve", "futex_waitv", "chroot")) {
      assertTrue(names.contains(allowed), allowed);
    }
    var families =
        profile.syscalls().stream()
            .filter(r -> r.names().contains("socket"))
            .flatMap(r -> r.args().stream())
            .map(a -> a.op() + " " + a.value())
            .toList();
    assertEquals(List.of("SCMP_CMP_LT 38", "SCMP_CMP_EQ 39", "SCMP_CMP_GT 40"), families);
    assertEquals(
        38,
        profile.syscalls().stream()
            .filter(r -> r.names().contains("clone3"))
            .findFirst()
            .orElseThrow()
            .errnoRet()
            .orElseThrow());
    assertEquals(Optional.empty(), seccomp(SecurityProfile.ProfileType.Unconfined));
    assertEquals(Optional.empty(), SpecFixture.linux(SpecFixture.container()).seccomp());
  }

  @Test
  void seccomp_localhostMissing_isRefused() {
    var config = SpecFixture.container();
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setSeccomp(
            SecurityProfile.newBuilder()
                .setProfileType(SecurityProfile.ProfileType.Localhost)
                .setLocalhostRef("localhost/p.json"));
    var e = assertThrows(DaemonFailure.InvalidArgument.class, () -> SpecFixture.spec(config));
    assertEquals("read seccomp profile '/nowhere/p.json'", e.getMessage());
  }

  @Test
  void userNamespace_rulesOfCri() {
    refusedUserns(NamespaceMode.CONTAINER, "user namespace mode 'CONTAINER': must be POD or NODE");
    refusedUserns(NamespaceMode.TARGET, "user namespace mode 'TARGET': must be POD or NODE");
    refusedUserns(
        NamespaceMode.POD,
        "user namespace uids: exactly one mapping is allowed",
        mapping(0, 1000),
        mapping(1000, 2000));
    refusedUserns(
        NamespaceMode.POD, "user namespace uids: container id 0 must be mapped", mapping(1, 1000));
  }

  @Test
  void whatIsNotThere_isRefused_notLeftOut() {
    var cdi = SpecFixture.container().addCDIDevices(CDIDevice.newBuilder().setName("vendor/gpu=0"));
    assertEquals(
        "device 'vendor/gpu=0': CDI is not built yet",
        assertThrows(DaemonFailure.Unimplemented.class, () -> SpecFixture.spec(cdi)).getMessage());
  }

  @Test
  void resources_limitsAndOomScore() {
    var config = SpecFixture.container();
    config
        .getLinuxBuilder()
        .getResourcesBuilder()
        .setCpuShares(512)
        .setCpuQuota(-1)
        .setMemoryLimitInBytes(1 << 20)
        .setOomScoreAdj(-500);
    var spec = SpecFixture.spec(config);
    assertEquals(Optional.of(0), spec.process().orElseThrow().oomScoreAdj());
    var resources = spec.linux().orElseThrow().resources().orElseThrow();
    assertEquals(Optional.of(512L), resources.cpu().orElseThrow().shares());
    assertEquals(Optional.of(-1L), resources.cpu().orElseThrow().quota());
    assertEquals(Optional.of(1L << 20), resources.memory().orElseThrow().limit());
    assertEquals(Optional.of(1L << 20), resources.memory().orElseThrow().swap());
  }

  private static Set<String> namespaces(NamespaceMode pid, NamespaceMode network) {
    var config = SpecFixture.container();
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setPid(pid)
        .setNetwork(network);
    return SpecFixture.linux(config).namespaces().stream()
        .map((Namespace n) -> n.type() + "=" + n.path())
        .collect(Collectors.toSet());
  }

  private static Set<String> bounding(
      java.util.function.Consumer<org.jcontainerd.api.cri.v1.Capability.Builder> change) {
    var config = SpecFixture.container();
    change.accept(config.getLinuxBuilder().getSecurityContextBuilder().getCapabilitiesBuilder());
    return Set.copyOf(
        SpecFixture.spec(config).process().orElseThrow().capabilities().orElseThrow().bounding());
  }

  private static Optional<Seccomp> seccomp(SecurityProfile.ProfileType type) {
    var config = SpecFixture.container();
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setSeccomp(SecurityProfile.newBuilder().setProfileType(type));
    return SpecFixture.linux(config).seccomp();
  }

  private static void refusedUserns(NamespaceMode mode, String message, IDMapping... uids) {
    var config = SpecFixture.container();
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .getUsernsOptionsBuilder()
        .setMode(mode)
        .addAllUids(List.of(uids))
        .addAllGids(List.of(uids));
    assertEquals(
        message,
        assertThrows(DaemonFailure.InvalidArgument.class, () -> SpecFixture.spec(config))
            .getMessage());
  }

  private static IDMapping mapping(int container, int host) {
    return IDMapping.newBuilder().setContainerId(container).setHostId(host).setLength(1000).build();
  }

  private static Mount.Builder mount(String path, MountPropagation propagation) {
    return Mount.newBuilder().setContainerPath(path).setHostPath("/").setPropagation(propagation);
  }

  private static List<String> options(Spec spec, String destination) {
    return spec.mounts().stream()
        .filter(m -> m.destination().equals(destination))
        .findFirst()
        .orElseThrow()
        .options();
  }

  private static List<String> args(ContainerConfig.Builder config) {
    return SpecFixture.spec(config).process().orElseThrow().args();
  }
}
