package org.jcontainerd.jrunc.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixListener;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Capabilities;
import org.jcontainerd.oci.runtime.ConsoleSize;
import org.jcontainerd.oci.runtime.Mount;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.User;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Further processes, and terminals over a console socket. */
@Tag("oci")
class ExecOciTest {
  @TempDir Path directory;
  private RuntimeUnderTest runtime;

  @BeforeEach
  void open() throws Exception {
    runtime = RuntimeUnderTest.open(directory);
  }

  private Box box() throws Exception {
    return new Box(runtime, directory);
  }

  private Box running() throws Exception {
    return box().script("sleep 100").create().start();
  }

  @Test
  void exec_passesOutputAndExitCodeOn() throws Exception {
    try (Box box = running()) {
      var result = box.exec(List.of(), "sh", "-c", "hostname; echo err >&2; exit 9");
      assertEquals(9, result.code(), result.said());
      assertEquals("box\n", result.stdout());
      assertEquals("err\n", result.stderr());
    }
  }

  @Test
  void exec_isInTheNamespacesAndCgroup() throws Exception {
    try (Box box = running()) {
      var result = box.exec(List.of(), "sh", "-c", "ps; cat /proc/self/cgroup; ls /");
      assertTrue(result.stdout().contains("sleep 100"), result.said());
      assertTrue(result.stdout().contains(box.id()), result.said());
      assertTrue(
          result.stdout().contains("rootfs") == false && result.stdout().contains("proc"),
          result.said());
    }
  }

  /**
   * As systemd and dockerd do in a container: the kernel then lets nobody into the cgroup above.
   */
  @Test
  void exec_whereTheContainerDividedItsCgroup_isBesideTheFirstProcess() throws Exception {
    assumeTrue(
        Box.isUnified(), "this host has cgroup v1: bin/test --vm has a machine with v2 alone");
    String divide =
        "cd /sys/fs/cgroup; mkdir init; echo 1 > init/cgroup.procs;"
            + " echo +pids > cgroup.subtree_control; exec sleep 100";
    try (Box box =
        box()
            .script(divide)
            .namespaces("pid", "ipc", "uts", "network", "cgroup")
            .mounting(Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", "rw"))
            .create()) {
      box.start();
      Box.await(box.unifiedFile("cgroup.subtree_control"), "pids");
      var result = box.exec(List.of(), "cat", "/proc/self/cgroup");
      assertEquals(0, result.code(), result.said());
      assertEquals("0::/init\n", result.stdout());
    }
  }

  @Test
  void exec_options_changeTheProcess() throws Exception {
    try (Box box = running()) {
      var result =
          box.exec(
              List.of(
                  "--env",
                  "PATH=/bin",
                  "--env",
                  "A=b c",
                  "--env",
                  "X=",
                  "--cwd",
                  "/tmp",
                  "--user",
                  "1000:2000"),
              "sh",
              "-c",
              "echo $A-$X-; pwd; id -u; id -g");
      assertEquals("b c--\n/tmp\n1000\n2000\n", result.stdout(), result.said());
    }
  }

  @Test
  void exec_capabilities_areThoseOfTheContainer() throws Exception {
    try (Box box = running()) {
      String eff = "grep ^CapEff /proc/self/status";
      assertTrue(box.exec(List.of(), "sh", "-c", eff).stdout().endsWith("20000420\n"));
    }
  }

  @Test
  void exec_processFile_isTakenAsItIs() throws Exception {
    try (Box box = running()) {
      ProcessSpec process =
          ProcessSpec.builder()
              .args(List.of("sh", "-c", "id -u; grep ^CapEff /proc/self/status; echo $A; umask"))
              .env(List.of("PATH=/bin", "A=1"))
              .cwd("/")
              .user(new User(7, 7, Optional.of(027L), List.of()))
              .capabilities(Capabilities.builder().build())
              .build();
      Path file = directory.resolve("process.json");
      Files.write(file, OciJson.write(process));
      var result = box.exec(List.of("--process", file.toString()));
      String umask = runtime.name().equals("runc") ? "0022" : "0027"; // runc 1.1 ignores it in exec
      assertEquals(
          "7\nCapEff:\t0000000000000000\n1\n" + umask + "\n", result.stdout(), result.said());
    }
  }

  @Test
  void exec_detached_writesThePidFile() throws Exception {
    try (Box box = running()) {
      Path pid = directory.resolve("pid");
      var result = box.exec(List.of("--detach", "--pid-file", pid.toString()), "sleep", "100");
      assertEquals(0, result.code(), result.said());
      Path comm = Path.of("/proc", Files.readString(pid).strip(), "comm");
      long end = System.nanoTime() + 10_000_000_000L;
      while (Files.readString(comm).startsWith("runc:") && System.nanoTime() < end) {
        Thread.sleep(10); // runc may answer before its own program has made place
      }
      assertEquals("sleep", Files.readString(comm).strip());
    }
  }

  @Test
  void exec_missingCommand_fails() throws Exception {
    try (Box box = running()) {
      var result = box.exec(List.of(), "nothing");
      assertTrue(result.code() == 255 || result.code() == 1, result.said());
      assertTrue(result.stderr().contains("not found in $PATH"), result.said());
      assertEquals("running", box.status());
    }
  }

  @Test
  void exec_withoutContainerOrStopped_isRefused() throws Exception {
    assertNotEquals(0, runtime.run("exec", "jrunc-oci-nobody", "true").code());
    try (Box box = box().script("true")) {
      box.create().start().awaitStatus("stopped");
      assertNotEquals(0, box.exec(List.of(), "true").code());
    }
  }

  @Test
  void exec_environmentAndDescriptors_areOnlyItsOwn() throws Exception {
    try (Box box = running()) {
      var result = box.exec(List.of(), "ls", "/proc/self/fd");
      assertEquals(List.of("0", "1", "2", "3"), result.stdout().lines().toList(), result.said());
      assertFalse(box.exec(List.of(), "env").stdout().contains("JAVA"));
    }
  }

  @Test
  void exec_preservedDescriptors_arePassedOn() throws Exception {
    try (Box box = running()) {
      if (!runtime.isOurs()) {
        return; // ProcessBuilder cannot hand descriptors on, a shell in front of ours can
      }
      Path file = directory.resolve("three");
      Files.writeString(file, "from three");
      var result =
          runtime.throughShell(
              "exec 3< " + file, "exec", "--preserve-fds", "1", box.id(), "sh", "-c", "cat <&3");
      assertEquals("from three", result.stdout(), result.said());
    }
  }

  /** Accepts the master that the runtime sends, as an engine does. */
  private CompletableFuture<String> console(Path socket, String answer) throws Exception {
    var listener = UnixListener.bind(SocketType.STREAM, socket, 0600);
    var said = new CompletableFuture<String>();
    Thread.ofPlatform()
        .daemon(true)
        .start(() -> {
          try (listener;
              var connection = listener.accept();
              var message = connection.receive(256).orElseThrow()) {
            Fd master = message.fds().get(0);
            master.writeFully(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
            said.complete(read(master));
          } catch (Exception e) {
            said.completeExceptionally(e);
          }
        });
    return said;
  }

  private static String read(Fd master) throws LinuxException {
    var text = new StringBuilder();
    var buffer = ByteBuffer.allocate(4096);
    try {
      while (master.read(buffer.clear()) > 0) {
        text.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
      }
    } catch (LinuxException e) {
      if (!e.is(Errno.EIO)) { // how a master tells that no slave is open any more
        throw e;
      }
    }
    return text.toString();
  }

  @Test
  void create_terminal_goesOverTheConsoleSocket() throws Exception {
    try (Box box =
        box()
            .script(
                "read line; echo got $line; tty; stty size; test -t 0 -a -t 1 -a -t 2 && echo tty; stat -c %t:%T /dev/console; sleep 0.2")) {
      box.process(p -> p.terminal(true).consoleSize(new ConsoleSize(33, 101)));
      Path socket = directory.resolve("c.sock");
      var said = console(socket, "hello\n");
      box.create("--console-socket", socket.toString()).start().awaitStatus("stopped");
      String text = said.get(20, java.util.concurrent.TimeUnit.SECONDS);
      assertTrue(text.contains("got hello\r\n"), text);
      assertTrue(text.contains("/dev/pts/0"), text);
      assertTrue(text.contains("33 101"), text);
      assertTrue(text.contains("tty\r\n88:0"), text);
    }
  }

  @Test
  void exec_terminal_goesOverTheConsoleSocket() throws Exception {
    try (Box box = running()) {
      Path socket = directory.resolve("c.sock");
      var said = console(socket, "x\n");
      var result =
          box.exec(
              List.of("--tty", "--detach", "--console-socket", socket.toString()),
              "sh",
              "-c",
              "read l; echo $l$l; tty; sleep 0.2");
      assertEquals(0, result.code(), result.said());
      String text = said.get(20, java.util.concurrent.TimeUnit.SECONDS);
      assertTrue(text.contains("xx\r\n/dev/pts/0\r\n"), text);
    }
  }

  @Test
  void create_terminalWithoutSocket_isRefused() throws Exception {
    try (Box box = box().script("true")) {
      box.process(p -> p.terminal(true));
      assertNotEquals(0, box.tryCreate().code());
    }
  }
}
