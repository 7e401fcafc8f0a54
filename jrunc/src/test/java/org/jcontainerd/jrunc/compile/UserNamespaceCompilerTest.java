package org.jcontainerd.jrunc.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jcontainerd.jrunc.Caller;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.oci.TestBundle;
import org.jcontainerd.jrunc.plan.Step;
import org.jcontainerd.oci.runtime.IdMapping;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Namespace;
import org.jcontainerd.oci.runtime.NetDevice;
import org.jcontainerd.oci.runtime.Spec;
import org.junit.jupiter.api.Test;

/** What the caller may do decides how a user namespace comes about. */
class UserNamespaceCompilerTest {
  private static final long ALL = (1L << 41) - 1;
  private static final Caller USER = new Caller(1000, 1001, false);
  private static final List<IdMapping> RANGES =
      List.of(new IdMapping(1, 100_000, 65_536), new IdMapping(0, 1000, 1));

  private static List<String> steps(Spec spec, long capabilities, Caller caller)
      throws RuncFailure {
    HostFacts host =
        new HostFacts(
            40,
            capabilities,
            Map.of(),
            0,
            false,
            false,
            false,
            List.of(),
            Optional.of("/sys/fs/cgroup"),
            true,
            caller);
    CompiledPlan plan =
        CreateCompiler.compile(
            new CreateInput(
                "c1",
                spec,
                Path.of("/b"),
                Path.of("/b/rootfs"),
                Path.of("/"),
                host,
                Optional.empty(),
                Map.of(),
                Optional.of("/root"),
                new StreamKind.Inherited(),
                false,
                0,
                false,
                false));
    return plan.plan().steps().stream().map(Step::toString).toList();
  }

  private static Spec spec(UnaryOperator<Linux.Builder> change, String... more) {
    Spec spec = TestBundle.spec("sh");
    var namespaces = new java.util.ArrayList<>(spec.linux().orElseThrow().namespaces());
    for (String type : more) {
      namespaces.add(Namespace.created(type));
    }
    return spec.toBuilder()
        .linux(change.apply(spec.linux().orElseThrow().toBuilder().namespaces(namespaces)).build())
        .build();
  }

  private static Spec mapped(List<IdMapping> uids, List<IdMapping> gids, String... more) {
    var all = new java.util.ArrayList<>(List.of("user"));
    all.addAll(List.of(more));
    return spec(l -> l.uidMappings(uids).gidMappings(gids), all.toArray(String[]::new));
  }

  @Test
  void maps_ofWhoMayUseAnyId_areWritten_sorted() throws Exception {
    List<String> steps = steps(mapped(RANGES, RANGES), ALL, Caller.ROOT);
    String map = "0 1000 1\n1 100000 65536\n";
    assertTrue(
        steps.contains("IdMaps[uidMap=%s, gidMap=%s, denySetgroups=false]".formatted(map, map)),
        steps.toString());
    assertTrue(steps.contains("BeginIn[path=/b/rootfs]"), steps.toString());
    assertTrue(steps.stream().noneMatch(s -> s.startsWith("Dumpable")), steps.toString());
  }

  @Test
  void maps_ofAnOrdinaryUsersOwnId_areWritten_withoutGroups() throws Exception {
    List<IdMapping> uids = List.of(new IdMapping(0, 1000, 1));
    List<IdMapping> gids = List.of(new IdMapping(0, 1001, 1));
    List<String> steps = steps(mapped(uids, gids), 0, USER);
    assertTrue(
        steps.contains("IdMaps[uidMap=0 1000 1\n, gidMap=0 1001 1\n, denySetgroups=true]"),
        steps.toString());
    assertEquals("Dumpable[on=true]", steps.getFirst());
    assertTrue(steps.contains("Dumpable[on=false]"), steps.toString());
    assertFalse(
        steps.stream().anyMatch(s -> s.startsWith("OpenTree")), "needs CAP_SYS_ADMIN: " + steps);
    assertFalse(steps.stream().anyMatch(s -> s.contains("setGroups=true")), steps.toString());
  }

  @Test
  void maps_ofSubordinateIds_areLeftToTheirPrograms() throws Exception {
    List<String> steps = steps(mapped(RANGES, RANGES), 0, USER);
    assertTrue(steps.contains("Sync[tag=idMaps]"), steps.toString());
    assertFalse(steps.stream().anyMatch(s -> s.startsWith("IdMaps")), steps.toString());
    assertTrue(
        steps.indexOf("Sync[tag=idMaps]") < steps.lastIndexOf("Dumpable[on=false]"),
        steps.toString());
  }

  @Test
  void time_inANewUserNamespace_isMadeByTheProcess_whichGoesOnInAChild() throws Exception {
    List<String> steps = steps(mapped(RANGES, RANGES, "time"), ALL, Caller.ROOT);
    assertTrue(
        steps.contains("Clone[namespaces=[USER], cgroup=Optional.empty, stage=NONE]"),
        steps.toString());
    int unshare = 0;
    while (!steps.get(unshare).startsWith("Unshare[")) {
      unshare++;
    }
    assertTrue(steps.get(unshare).contains("TIME") && steps.get(unshare).contains("PID"));
    assertEquals("Fork[]", steps.get(unshare + 1));
  }

  private static String refusal(Spec spec, long capabilities, Caller caller) {
    return String.valueOf(
        assertThrows(RuncFailure.class, () -> steps(spec, capabilities, caller)).getMessage());
  }

  @Test
  void wrongMaps_areRefused() {
    assertEquals(
        "linux.namespaces: rootless container requires user namespaces",
        refusal(TestBundle.spec("sh"), 0, USER));
    assertEquals(
        "linux.uidMappings: user namespaces enabled, but no uid or gid mappings found",
        refusal(mapped(List.of(), List.of()), ALL, Caller.ROOT));
    List<IdMapping> noRoot = List.of(new IdMapping(1, 5, 5));
    assertEquals(
        "linux.uidMappings: id 0 of the container is not mapped to one of the host",
        refusal(mapped(noRoot, RANGES), ALL, Caller.ROOT));
    assertEquals(
        "linux.gidMappings: id 0 of the container is not mapped to one of the host",
        refusal(mapped(RANGES, noRoot), ALL, Caller.ROOT));
  }

  @Test
  void netDevices_names_areChecked() {
    for (String name : List.of("a b", "a/b", "a:b", ".", "..", "longer-than-15-by")) {
      assertEquals(
          "linux.netDevices['eth0'].name: '" + name + "' is no name of an interface",
          refusal(spec(l -> l.netDevices(Map.of("eth0", new NetDevice(name)))), ALL, Caller.ROOT));
    }
  }
}
