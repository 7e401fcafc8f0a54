package org.jcontainerd.jrunc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.jrunc.keeper.KeeperClient;
import org.jcontainerd.jrunc.launch.ProcessExit;
import org.jcontainerd.jrunc.oci.TestBundle;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library as a shim uses it: with keepers. */
@Tag("root")
class JruncRootTest {
  @TempDir Path directory;
  private final List<String> warnings = new ArrayList<>();
  private KernelWaiter waiter;
  private Jrunc jrunc;
  private TestBundle bundle;

  @BeforeEach
  void open() throws Exception {
    waiter = KernelWaiter.start("test", (what, failure) -> failure.printStackTrace());
    jrunc = Jrunc.open(JruncOptions.daemon(directory.resolve("state"), waiter, warnings::add));
    bundle = TestBundle.create(directory.resolve("bundle"));
  }

  @AfterEach
  void close() throws Exception {
    for (ContainerInfo left : jrunc.list()) {
      jrunc.delete(left.id(), true);
    }
    jrunc.close();
    waiter.close();
  }

  private StartedProcess create(Spec spec, Stdio stdio) throws Exception {
    return jrunc.create(CreateRequest.kept("c1", bundle.directory(), Optional.of(spec), stdio));
  }

  private static String readAll(Fd fd) throws Exception {
    var text = new StringBuilder();
    var buffer = ByteBuffer.allocate(4096);
    while (fd.read(buffer.clear()) > 0) {
      text.append(new String(buffer.array(), 0, buffer.position(), UTF_8));
    }
    return text.toString();
  }

  private static ProcessExit exit(KeeperClient keeper) throws Exception {
    return keeper.exited().get(20, TimeUnit.SECONDS);
  }

  @Test
  void lifecycle_withKeeper_givesOutputAndExit() throws Exception {
    Spec spec = TestBundle.spec("sh", "-c", "hostname; id -u; cat /proc/1/comm; exit 3");
    StartedProcess process = create(spec, new Stdio.KeeperPipes(false, true, true));
    try (KeeperClient keeper = process.keeper().orElseThrow();
        var descriptors = keeper.descriptors()) {
      assertEquals(ContainerStatus.CREATED, jrunc.info("c1").status());
      assertEquals(process.pid(), jrunc.info("c1").pid().orElseThrow());
      assertEquals(List.of(process.pid()), jrunc.pids("c1"));
      jrunc.start("c1");
      assertEquals(new ExitStatus.Exited(3), exit(keeper).status());
      assertEquals(ContainerStatus.STOPPED, jrunc.info("c1").status());
      keeper.retire();
      assertEquals("box\n0\nsh\n", readAll(descriptors.stdout().orElseThrow()));
    }
    jrunc.delete("c1", false);
    assertThrows(RuncFailure.NotFound.class, () -> jrunc.info("c1"));
    assertFalse(Files.exists(directory.resolve("state/c1")));
    assertEquals(List.of(), warnings);
  }

  @Test
  void exec_withKeeper_runsInTheContainer() throws Exception {
    StartedProcess init =
        create(TestBundle.spec("sleep", "100"), new Stdio.KeeperPipes(false, false, false));
    init.keeper().orElseThrow().close();
    jrunc.start("c1");
    ProcessSpec process =
        TestBundle.spec("sh", "-c", "read line; echo $line $HOME $$; hostname; exit 7")
            .process()
            .orElseThrow();
    StartedProcess exec =
        jrunc.exec(ExecRequest.kept("c1", process, new Stdio.KeeperPipes(true, true, true), "e1"));
    try (KeeperClient keeper = exec.keeper().orElseThrow();
        var descriptors = keeper.descriptors()) {
      assertEquals(2, jrunc.pids("c1").size());
      descriptors.stdin().orElseThrow().writeFully(ByteBuffer.wrap("hello\n".getBytes(UTF_8)));
      assertEquals(new ExitStatus.Exited(7), exit(keeper).status());
      keeper.retire();
      String output = readAll(descriptors.stdout().orElseThrow());
      assertTrue(output.startsWith("hello /root "), output);
      assertTrue(output.endsWith("\nbox\n"), output);
    }
    var missing =
        assertThrows(
            RuncFailure.ExecFailed.class,
            () ->
                jrunc.exec(
                    ExecRequest.kept(
                        "c1",
                        process.toBuilder().args(List.of("nothing")).build(),
                        new Stdio.KeeperPipes(false, true, true),
                        "e2")));
    assertEquals("exec: \"nothing\": executable file not found in $PATH", missing.getMessage());
    assertFalse(Files.exists(bundle.directory().resolve("exec/e2")));
    jrunc.kill("c1", Signal.SIGKILL, false);
    jrunc.delete("c1", true);
  }

  @Test
  void create_missingProgram_leavesNothing() throws Exception {
    var failure =
        assertThrows(
            RuncFailure.class,
            () -> create(TestBundle.spec("/nothing"), new Stdio.KeeperPipes(false, true, true)));
    assertInstanceOf(RuncFailure.ExecFailed.class, failure);
    assertEquals(
        "exec: \"/nothing\": stat /nothing: no such file or directory", failure.getMessage());
    assertEquals(0, failure.getSuppressed().length);
    assertFalse(Files.exists(directory.resolve("state/c1")));
    assertFalse(Files.exists(bundle.directory().resolve("init")));
    assertEquals(List.of(), jrunc.list());
  }
}
