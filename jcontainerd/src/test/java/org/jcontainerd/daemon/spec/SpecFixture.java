package org.jcontainerd.daemon.spec;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.ContainerMetadata;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.PodSandboxConfig;
import org.jcontainerd.api.cri.v1.PodSandboxMetadata;
import org.jcontainerd.daemon.apparmor.AppArmor;
import org.jcontainerd.oci.image.ImageConfig;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.oci.runtime.User;

/** One host, one pod, one image; tests vary the container. */
final class SpecFixture {
  static final HostFacts HOST =
      new HostFacts(
          List.of(
              "CAP_CHOWN",
              "CAP_DAC_OVERRIDE",
              "CAP_FOWNER",
              "CAP_FSETID",
              "CAP_KILL",
              "CAP_SETGID",
              "CAP_SETUID",
              "CAP_SETPCAP",
              "CAP_NET_BIND_SERVICE",
              "CAP_NET_ADMIN",
              "CAP_NET_RAW",
              "CAP_SYS_CHROOT",
              "CAP_SYS_ADMIN",
              "CAP_MKNOD",
              "CAP_AUDIT_WRITE",
              "CAP_SETFCAP"),
          0,
          false);

  private static final ImageConfig.Execution IMAGE =
      new ImageConfig.Execution(
          "",
          Map.of(),
          List.of("PATH=/bin", "FROM=image"),
          List.of("/entry"),
          List.of("arg"),
          Map.of(),
          "/work",
          Map.of("io.kubernetes.cri.sandbox-id", "forged"),
          "");

  private SpecFixture() {}

  static PodSandboxConfig pod() {
    return PodSandboxConfig.newBuilder()
        .setMetadata(
            PodSandboxMetadata.newBuilder().setName("pod").setNamespace("ns").setUid("uid"))
        .setHostname("host")
        .build();
  }

  static ContainerConfig.Builder container() {
    return ContainerConfig.newBuilder()
        .setMetadata(ContainerMetadata.newBuilder().setName("c"))
        .setImage(ImageSpec.newBuilder().setImage("busybox"));
  }

  static ContainerInputs inputs(ContainerConfig.Builder config) {
    return new ContainerInputs(
        "c".repeat(64),
        config.build(),
        "a".repeat(64),
        pod(),
        4242,
        OptionalLong.empty(),
        Path.of("/run/netns/a"),
        PodFiles.in(Path.of("/run/pods/a"), false),
        IMAGE,
        User.root(),
        "/jcontainerd/" + "c".repeat(64),
        "host",
        HOST,
        Map.of());
  }

  static Spec spec(ContainerConfig.Builder config) {
    return new ContainerSpec(
            Path.of("/nowhere"),
            new AppArmor(Path.of("/nowhere")),
            path -> path.startsWith("/proc"))
        .of(inputs(config));
  }

  static Linux linux(ContainerConfig.Builder config) {
    return spec(config).linux().orElseThrow();
  }
}
