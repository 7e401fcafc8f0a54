package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jcontainerd.oci.runtime.Hook;
import org.jcontainerd.oci.runtime.Hooks;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.Rlimit;
import org.jcontainerd.oci.runtime.Seccomp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only jrunc has: plan in words and as difference, trace, check. */
@Tag("oci")
class ExplainOciTest {
  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
    assumeTrue(runtime.isOurs(), runtime.name() + " has no plan, check or --trace");
  }

  private Box box() throws Exception {
    return new Box(runtime, directory);
  }

  @Test
  void plan_isInSentences() throws Exception {
    try (Box box = box().script("true")) {
      var said = runtime.run("plan", "--bundle", box.bundle().directory().toString());
      assertEquals(0, said.code(), said.said());
      for (String line :
          List.of(
              "process  mounts a fresh sysfs on /sys (ro, nosuid, nodev, noexec)",
              "process  sets the host name to box",
              "process  hides /proc/kcore",
              "process  runs sh -c true (2 variables)")) {
        assertTrue(said.stdout().lines().anyMatch(line::equals), line + " in\n" + said.stdout());
      }
      assertFalse(said.stdout().contains("Optional"), said.stdout());
      assertEquals(List.of(), box.cgroups());
    }
  }

  @Test
  void planDiff_showsOnlyWhatDiffers() throws Exception {
    try (Box one = box().script("true");
        Box two = box().script("true")) {
      String first = one.bundle().directory().toString();
      String second = two.bundle().directory().toString();
      one.linux(l -> l.cgroupsPath("/same"));
      two.linux(l -> l.cgroupsPath("/same"));
      assertEquals("", runtime.run("plan", "--bundle", first, "--diff", second).stdout());
      two.change(s -> s.toBuilder().hostname("other").build());
      assertEquals(
          "- process  sets the host name to box\n+ process  sets the host name to other\n",
          runtime.run("plan", "--bundle", first, "--diff", second).stdout());
    }
  }

  @Test
  void trace_hasEveryStepWithItsTime() throws Exception {
    try (Box box = box().script("echo hello")) {
      var said =
          runtime.run("run", "--trace", "--bundle", box.bundle().directory().toString(), box.id());
      assertEquals(0, said.code(), said.said());
      assertEquals("hello\n", said.stdout());
      List<String> lines = said.stderr().lines().toList();
      String line = " *\\d+\\.\\d{3} ms +[+-]\\d+\\.\\d{3}  (runtime|helper|keeper|process) +\\S.*";
      assertTrue(lines.stream().allMatch(l -> l.matches(line)), said.stderr());
      for (String step :
          List.of("compiled the plan", "mounts a fresh sysfs", "let the program run")) {
        assertTrue(lines.stream().anyMatch(l -> l.contains(step)), step + " in\n" + said.stderr());
      }
    }
    try (Box box = box().script("sleep 100")) {
      var created = box.tryCreate("--trace");
      assertTrue(created.stderr().contains("mounts a fresh sysfs"), created.said());
      box.start();
      for (int i = 0; i < 10; i++) { // while the helper passes on the steps, the program has ended
        var said = box.exec(List.of("--trace"), "true");
        assertEquals(0, said.code(), said.said());
        assertTrue(said.stderr().contains("joins an existing namespace"), said.said());
      }
    }
  }

  private RuntimeUnderTest.Result check(Box box) throws Exception {
    return runtime.run("check", box.bundle().directory().toString());
  }

  @Test
  void check_ofAGoodBundle_findsNothing() throws Exception {
    try (Box box = box().script("true")) {
      var said = check(box);
      assertEquals("", said.stdout(), said.said());
      assertEquals(0, said.code(), said.said());
    }
  }

  @Test
  void check_findsEverythingAtOnce() throws Exception {
    try (Box box = box().args("nothing")) {
      box.change(
              spec -> {
                var mounts = new ArrayList<>(spec.mounts());
                mounts.add(Mount.of("/srv", "bind", "/no/such/source", "bind"));
                mounts.add(Mount.of("/mnt", "nosuchfs", "none"));
                return spec.toBuilder()
                    .ociVersion("2.0.0")
                    .mounts(mounts)
                    .hooks(
                        Hooks.builder()
                            .poststop(List.of(Hook.builder().path("/no/such/hook").build()))
                            .build())
                    .build();
              })
          .process(p -> p.rlimits(List.of(new Rlimit("RLIMIT_NOFILE", 1L << 40, 1L << 40))))
          .linux(l ->
              l.sysctl(Map.of("net.ipv4.nosuch", "1"))
                  .seccomp(
                      Seccomp.builder()
                          .defaultAction("SCMP_ACT_ALLOW")
                          .listenerPath("/no/such/agent")
                          .build()));
      var said = check(box);
      assertEquals(1, said.code(), said.said());
      List<String> lines = said.stdout().lines().toList();
      for (String finding :
          List.of(
              "ociVersion: '2.0.0'",
              "process.args[0]: 'nothing' is in no directory of PATH",
              "process.rlimits[0]: RLIMIT_NOFILE of 1099511627776",
              "mounts[6].source: '/no/such/source' does not exist",
              "mounts[7].type: this kernel has no file system 'nosuchfs'",
              "hooks.poststop[0].path: '/no/such/hook' is missing",
              "linux.sysctl['net.ipv4.nosuch']: this kernel has no such sysctl",
              "linux.seccomp.listenerPath: '/no/such/agent' does not exist")) {
        assertTrue(lines.stream().anyMatch(l -> l.startsWith(finding)), finding + " in " + lines);
      }
      assertTrue(lines.stream().allMatch(l -> l.matches(".+: .+\\. [A-Z].+[^.]")), said.stdout());
      assertEquals(List.of(), box.cgroups());
    }
  }

  @Test
  void check_readsTheProgram() throws Exception {
    try (Box box = box()) {
      Path bin = box.bundle().rootfs().resolve("bin");
      Path script = Files.writeString(bin.resolve("script"), "#!/bin/nosuch -x\n");
      Path text = Files.writeString(bin.resolve("text"), "echo\n");
      Path foreign = Files.write(bin.resolve("foreign"), elf(22));
      for (Path program : List.of(script, text, foreign)) {
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      Files.writeString(bin.resolve("plain"), "#!/bin/sh\n");
      Map<String, String> problems =
          Map.of(
              "script", "needs the interpreter '/bin/nosuch', which is missing",
              "text", "is neither an ELF program nor a script",
              "foreign", "is a program for s390x",
              "plain", "is not executable",
              "/etc", "is a directory");
      for (var problem : problems.entrySet()) {
        var said = check(box.args(problem.getKey()));
        assertEquals(1, said.code(), said.said());
        assertTrue(said.stdout().contains(problem.getValue()), said.said());
      }
    }
  }

  /** The beginning of a 64-bit program, big endian as s390x is. */
  private static byte[] elf(int machine) {
    return ByteBuffer.allocate(64)
        .put(new byte[] {0x7f, 'E', 'L', 'F', 2, 2, 1})
        .order(ByteOrder.BIG_ENDIAN)
        .putShort(18, (short) machine)
        .array();
  }
}
