package org.jcontainerd.oci.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;
import org.junit.jupiter.api.Test;

class SpecJsonTest {

  private static String written(Record value) {
    return new String(OciJson.write(value), UTF_8);
  }

  @Test
  void write_smallSpec_hasTheFieldsOfTheSpecification() throws Exception {
    Spec spec =
        Spec.builder()
            .ociVersion("1.3.0")
            .root(new Root("rootfs", true))
            .process(
                ProcessSpec.builder()
                    .args(List.of("sh", "-c", "true"))
                    .cwd("/")
                    .rlimits(List.of(new Rlimit("RLIMIT_CORE", -1, 0)))
                    .oomScoreAdj(0)
                    .build())
            .mounts(List.of(Mount.of("/proc", "proc", "proc")))
            .linux(
                Linux.builder()
                    .namespaces(List.of(Namespace.created("pid"), new Namespace("network", "/n")))
                    .uidMappings(List.of(new IdMapping(0, 4294967295L, 1)))
                    .resources(
                        Resources.builder()
                            .memory(
                                Memory.builder().limit(1L << 40).disableOomKiller(false).build())
                            .build())
                    .build())
            .build();
    String json =
        "{\"ociVersion\":\"1.3.0\",\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"sh\",\"-c\",\"true\"],"
            + "\"cwd\":\"/\",\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"hard\":18446744073709551615,\"soft\":0}],"
            + "\"oomScoreAdj\":0},\"root\":{\"path\":\"rootfs\",\"readonly\":true},"
            + "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}],"
            + "\"linux\":{\"uidMappings\":[{\"containerID\":0,\"hostID\":4294967295,\"size\":1}],"
            + "\"resources\":{\"memory\":{\"limit\":1099511627776,\"disableOOMKiller\":false}},"
            + "\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"network\",\"path\":\"/n\"}]}}";
    assertEquals(json, written(spec));
    assertEquals(spec, OciJson.read(json.getBytes(UTF_8), Spec.class));
    assertEquals(spec, spec.toBuilder().build());
  }

  @Test
  void read_seccomp_keepsUnsignedArguments() throws Exception {
    String json =
        "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\","
            + "\"args\":[{\"index\":0,\"value\":18446744071562067968,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}";
    Seccomp seccomp = OciJson.read(json.getBytes(UTF_8), Seccomp.class);
    assertEquals(0xFFFFFFFF80000000L, seccomp.syscalls().get(0).args().get(0).value());
    assertEquals(json, written(seccomp));
  }

  @Test
  void read_specialNames_areMapped() throws Exception {
    String json = "{\"throttleReadIOPSDevice\":[{\"major\":8,\"minor\":0,\"rate\":10}]}";
    assertEquals(
        List.of(new ThrottleDevice(8, 0, 10)),
        OciJson.read(json.getBytes(UTF_8), BlockIo.class).throttleReadIopsDevice());
    assertEquals(
        new Memory(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(5L),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        OciJson.read("{\"kernelTCP\":5}".getBytes(UTF_8), Memory.class));
    assertEquals(
        Map.of("monotonic", new TimeOffset(-1, 5)),
        OciJson.read(
                "{\"timeOffsets\":{\"monotonic\":{\"secs\":-1,\"nanosecs\":5}}}".getBytes(UTF_8),
                Linux.class)
            .timeOffsets());
  }

  @Test
  void read_uidAbove32Bits_namesTheField() {
    // CVE-2024-40635: an id that overflows must not become another id.
    var failure =
        assertThrows(
            JsonException.class,
            () ->
                OciJson.read(
                    "{\"process\":{\"user\":{\"uid\":4294967296}}}".getBytes(UTF_8), Spec.class));
    assertEquals(
        "process.user.uid: number 4294967296 does not fit 32 unsigned bits", failure.getMessage());
  }
}
