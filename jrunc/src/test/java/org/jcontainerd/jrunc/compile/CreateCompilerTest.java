package org.jcontainerd.jrunc.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jcontainerd.jrunc.Caller;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.command.PlanLine;
import org.jcontainerd.jrunc.oci.TestBundle;
import org.jcontainerd.jrunc.plan.Step;
import org.jcontainerd.oci.runtime.Capabilities;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Rlimit;
import org.jcontainerd.oci.runtime.Spec;
import org.junit.jupiter.api.Test;

class CreateCompilerTest {
  private static final long NO_SYS_RESOURCE = (1L << 41) - 1 & ~(1L << 24);
  private static final HostFacts HOST =
      new HostFacts(
          40,
          NO_SYS_RESOURCE,
          Map.of(7, 20_000L),
          0,
          false,
          false,
          false,
          List.of(
              new HostFacts.V1Hierarchy("/sys/fs/cgroup/memory", List.of("memory")),
              new HostFacts.V1Hierarchy("/sys/fs/cgroup/cpu,cpuacct", List.of("cpu", "cpuacct"))),
          Optional.empty(),
          false,
          Caller.ROOT);
  private static final Map<String, String> CGROUPS =
      Map.of(
          "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/c1",
          "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct/c1");

  private static CompiledPlan compile(Spec spec, boolean keeper) throws RuncFailure {
    StreamKind streams =
        keeper ? new StreamKind.Pipes(false, true, true) : new StreamKind.Inherited();
    return CreateCompiler.compile(
        new CreateInput(
            "c1",
            spec,
            Path.of("/b"),
            Path.of("/b/rootfs"),
            Path.of("/"),
            HOST,
            Optional.empty(),
            CGROUPS,
            Optional.of("/root"),
            streams,
            keeper,
            0,
            false,
            false));
  }

  private static List<String> steps(CompiledPlan plan) {
    return plan.plan().steps().stream().map(Step::toString).toList();
  }

  private static Spec linux(UnaryOperator<Linux.Builder> change) {
    Spec spec = TestBundle.spec("sh");
    return spec.toBuilder()
        .linux(change.apply(spec.linux().orElseThrow().toBuilder()).build())
        .build();
  }

  private static Spec process(UnaryOperator<ProcessSpec.Builder> change) {
    Spec spec = TestBundle.spec("sh");
    return spec.toBuilder()
        .process(change.apply(spec.process().orElseThrow().toBuilder()).build())
        .build();
  }

  private static String refusal(Spec spec) {
    return String.valueOf(assertThrows(RuncFailure.class, () -> compile(spec, true)).getMessage());
  }

  @Test
  void compile_standardSpec_isTheGoldenPlan() throws Exception {
    CompiledPlan plan = compile(TestBundle.spec("sh", "-c", "true"), true);
    String text =
        PlanLine.of(plan.plan()).stream()
                .map(line -> line.place() + " " + line.text())
                .collect(Collectors.joining("\n"))
            + "\n"
            + plan.sources().stream().map(Object::toString).collect(Collectors.joining("\n"))
            + "\n";
    Path golden = Path.of("src/test/resources/org/jcontainerd/jrunc/compile/standard.plan");
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(golden.getParent());
      Files.writeString(golden, text);
    }
    assertEquals(Files.readString(golden), text);
    assertEquals(List.of(), plan.warnings());
  }

  @Test
  void compile_twice_isTheSame() throws Exception {
    assertEquals(
        compile(TestBundle.spec("sh"), false).plan(), compile(TestBundle.spec("sh"), false).plan());
  }

  @Test
  void compile_limitsAboveTheHosts_areLoweredWithAWarning() throws Exception {
    Spec spec =
        process(p ->
            p.rlimits(List.of(new Rlimit("RLIMIT_NOFILE", 1 << 20, 1 << 20))).oomScoreAdj(-998));
    CompiledPlan plan = compile(spec, true);
    assertTrue(
        steps(plan).contains("Rlimit[resource=7, soft=20000, hard=20000]"), steps(plan).toString());
    assertTrue(
        steps(plan).contains("WriteProc[path=self/oom_score_adj, value=0]"),
        steps(plan).toString());
    assertEquals(2, plan.warnings().size());
  }

  @Test
  void compile_capabilitiesThatCannotBeGiven_areLeftOutWithAWarning() throws Exception {
    List<String> names = List.of("CAP_SYS_RESOURCE", "CAP_CHOWN", "CAP_NONSENSE");
    CompiledPlan plan =
        compile(process(p -> p.capabilities(Capabilities.builder().bounding(names).build())), true);
    assertTrue(steps(plan).contains("BoundingSet[mask=1]"), steps(plan).toString());
    assertEquals(
        List.of("ignoring unknown or unavailable capabilities: [CAP_NONSENSE, CAP_SYS_RESOURCE]"),
        plan.warnings());
  }

  @Test
  void compile_whatTheHostDoesNotHave_namesTheField() {
    assertTrue(
        refusal(process(p -> p.apparmorProfile("x")))
            .startsWith("process.apparmorProfile: not supported"));
    assertEquals(
        "process.selinuxLabel: not supported: SELinux is not enabled on this host",
        refusal(process(p -> p.selinuxLabel("x"))));
    assertEquals(
        "linux.mountLabel: not supported: SELinux is not enabled on this host",
        refusal(linux(l -> l.mountLabel("x"))));
  }

  @Test
  void compile_wrongSpecs_nameTheField() {
    assertEquals("process.args: must not be empty", refusal(process(p -> p.args(List.of()))));
    assertEquals("process.cwd: must be an absolute path", refusal(process(p -> p.cwd("x"))));
    assertEquals(
        "linux.sysctl['kernel.core_pattern']: is not in a separate kernel namespace",
        refusal(linux(l -> l.sysctl(Map.of("kernel.core_pattern", "x")))));
    assertEquals(
        "linux.sysctl['kernel.hostname']: conflicts with hostname",
        refusal(linux(l -> l.sysctl(Map.of("kernel.hostname", "x")))));
    assertTrue(
        refusal(linux(l -> l.namespaces(List.of())))
            .startsWith("hostname: unable to set hostname without a private UTS namespace"));
    Spec spec = TestBundle.spec("sh");
    assertEquals(
        "mounts[0].options: bind mounts cannot have file system options: [size=5]",
        refusal(
            spec.toBuilder()
                .mounts(List.of(Mount.of("/x", "bind", "/y", "bind", "size=5")))
                .build()));
    assertEquals(
        "mounts[0].destination: '/proc/self/attr' cannot be mounted because it is inside /proc",
        refusal(
            spec.toBuilder()
                .mounts(List.of(Mount.of("/proc/self/../self/attr", "bind", "/tmp", "bind")))
                .build()));
  }

  @Test
  void mountOptions_laterWordsWin() {
    MountOptions options =
        MountOptions.parse(List.of("rbind", "ro", "rw", "nosuid", "rro", "rslave", "x=y"));
    assertEquals("[NOSUID]", options.set().toString());
    assertEquals("[RDONLY]", options.clear().toString());
    assertEquals("[RDONLY]", options.recursiveSet().toString());
    assertTrue(options.bind() && options.recursive() && options.propagateAll());
    assertEquals(List.of("x=y"), options.data());
  }
}
