package org.jcontainerd.jrunc.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import org.jcontainerd.jrunc.launch.ExecPlan;
import org.jcontainerd.jrunc.launch.Launch;
import org.jcontainerd.jrunc.launch.LaunchListener;
import org.jcontainerd.jrunc.launch.Launcher;
import org.jcontainerd.jrunc.launch.Leaks;
import org.jcontainerd.jrunc.launch.PlanFailedException;
import org.jcontainerd.jrunc.launch.ProcessExit;
import org.jcontainerd.jrunc.launch.ProcessIdentity;
import org.jcontainerd.jrunc.launch.TestPlan;
import org.jcontainerd.jrunc.launch.TestRoot;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.ProcessStat;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keepers of real processes. */
@Tag("root")
@Timeout(60)
final class KeeperRootTest {
  @TempDir Path directory;
  private Leaks leaks;
  private KernelWaiter waiter;
  private Launcher launcher;
  private Path root;
  private Path init;

  @BeforeEach
  void open() throws IOException {
    waiter = KernelWaiter.start("test helpers", (what, failure) -> failure.printStackTrace());
    launcher = Launcher.open(waiter);
    root = TestRoot.make(directory);
    init = Files.createDirectory(directory.resolve("init"));
    leaks = Leaks.begin(directory);
  }

  @AfterEach
  void close() throws Exception {
    launcher.close();
    leaks.check();
    waiter.close();
  }

  private Launch create(String... arguments) throws IOException {
    return TestPlan.of(root, arguments).keeper(init).ready().launch(launcher);
  }

  private static String read(Fd fd, int size) throws IOException {
    var buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining() && fd.read(buffer) >= 0) {}
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
  }

  private static void kill(ProcessIdentity process) throws LinuxException {
    try (var pidfd = PidFd.open(process.pid())) {
      pidfd.send(Signal.SIGKILL);
    }
  }

  private static ProcessExit retire(KeeperClient keeper) throws Exception {
    ProcessExit exit = keeper.exited().get();
    assertTrue(keeper.retire());
    return exit;
  }

  @Test
  void process_fromCreateToExit_isToldByStatus() throws Exception {
    try (var launch = create("cat")) {
      ProcessIdentity process = launch.await(LaunchListener.NONE);
      var keeper = KeeperClient.of(launch);
      assertEquals(new KeeperStatus.Created(process), keeper.status());
      assertEquals(process.startTicks(), ProcessStat.startTicks(process.pid()).orElseThrow());
      assertEquals(
          process.pid() + " " + process.startTicks() + "\n", Files.readString(init.resolve("pid")));
      keeper.start(LaunchListener.NONE);
      assertEquals(new KeeperStatus.Running(process), keeper.status());
      assertFalse(keeper.retire());
      assertEquals(Optional.empty(), ExitRecord.read(init));
      keeper.closeStdin();
      ProcessExit exit = keeper.exited().get();
      assertEquals(new ExitStatus.Exited(0), exit.status());
      assertEquals(new KeeperStatus.Exited(process, exit), keeper.status());
      assertEquals(Optional.of(exit), ExitRecord.read(init));
      assertTrue(keeper.retire());
      assertEquals(Optional.of(exit), ExitRecord.read(init));
      assertFalse(Files.exists(init.resolve(KeeperClient.SOCKET)));
    }
  }

  @Test
  void descriptors_ofRunningProcess_carryItsStdio() throws Exception {
    try (var launch = create("sh", "-c", "read line; echo got $line; echo bad >&2; exit 7")) {
      launch.await(LaunchListener.NONE);
      var keeper = KeeperClient.of(launch);
      try (var held = keeper.descriptors()) {
        assertEquals(2, held.spools().size());
        assertTrue(held.journal().isPresent() && held.spare().isPresent());
        assertTrue(held.terminal().isEmpty());
        assertEquals(1 << 20, Pipe.capacity(held.stdout().orElseThrow()));
        keeper.start(LaunchListener.NONE);
        held.stdin()
            .orElseThrow()
            .writeFully(ByteBuffer.wrap("it\n".getBytes(StandardCharsets.UTF_8)));
        assertEquals("got it\n", read(held.stdout().orElseThrow(), 7));
        assertEquals("bad\n", read(held.stderr().orElseThrow(), 4));
        assertEquals(0, read(held.stdout().orElseThrow(), 1).length());
      }
      assertEquals(new ExitStatus.Exited(7), retire(keeper).status());
    }
  }

  @Test
  void keeper_whoseStarterHasGone_servesTheNext() throws Exception {
    ProcessIdentity process;
    try (var launch = create("sleep", "100")) {
      process = launch.await(LaunchListener.NONE);
    }
    try (var keeper = KeeperClient.connect(init, waiter);
        var other = KeeperClient.connect(init, waiter)) {
      assertEquals(new KeeperStatus.Created(process), other.status());
      keeper.start(LaunchListener.NONE);
      assertEquals(new KeeperStatus.Running(process), other.status());
      other.descriptors().close();
      kill(process);
      var killed = new ExitStatus.Killed(Signal.SIGKILL, false);
      assertEquals(killed, other.exited().get().status());
      assertEquals(killed, retire(keeper).status());
    }
  }

  @Test
  void start_ofMissingInterpreter_saysSoAndRecordsTheExit() throws Exception {
    Path script = root.resolve("bin/broken");
    Files.writeString(script, "#!/nothing/here\n");
    assertTrue(script.toFile().setExecutable(true));
    try (var launch = create("broken")) {
      launch.await(LaunchListener.NONE);
      var keeper = KeeperClient.of(launch);
      var thrown = assertThrows(PlanFailedException.class, () -> keeper.start(LaunchListener.NONE));
      assertEquals("exec", thrown.failure().op());
      assertEquals("execve", thrown.failure().cause().syscall());
      assertTrue(thrown.failure().cause().is(Errno.ENOENT));
      retire(keeper);
      assertTrue(ExitRecord.read(init).isPresent());
    }
  }

  @Test
  void start_ofStartedProcess_isRefused() throws Exception {
    try (var launch = create("sleep", "100")) {
      ProcessIdentity process = launch.await(LaunchListener.NONE);
      var keeper = KeeperClient.of(launch);
      keeper.start(LaunchListener.NONE);
      var thrown = assertThrows(PlanFailedException.class, () -> keeper.start(LaunchListener.NONE));
      assertTrue(thrown.failure().cause().is(Errno.EALREADY));
      kill(process);
      retire(keeper);
    }
  }

  @Test
  void process_killedWhileCreated_isAnExit() throws Exception {
    try (var launch = create("true")) {
      kill(launch.await(LaunchListener.NONE));
      assertInstanceOf(ExitStatus.Killed.class, retire(KeeperClient.of(launch)).status());
    }
  }

  @Test
  void exitRecord_isThereBeforeAnybodyIsTold() throws Exception {
    for (int i = 0; i < 100; i++) {
      Path place = Files.createDirectory(directory.resolve("p" + i));
      try (var launch = TestPlan.of(root, "true").keeper(place).launch(launcher)) {
        launch.await(LaunchListener.NONE);
        ProcessExit exit = launch.exited().get();
        assertEquals(Optional.of(exit), ExitRecord.read(place));
        assertTrue(KeeperClient.of(launch).retire());
      }
    }
  }

  @Test
  void twoHundredContainers_atOnce_leaveNothing() throws Exception {
    var all = new ArrayList<Launch>();
    for (int i = 0; i < 200; i++) {
      Path place = Files.createDirectory(directory.resolve("c" + i));
      var launch = TestPlan.of(root, "sleep", "1000").keeper(place).launch(launcher);
      launch.await(LaunchListener.NONE);
      all.add(launch);
    }
    System.out.println("keeper memory: " + KeeperMemory.measure());
    for (var launch : all) {
      var keeper = KeeperClient.of(launch);
      kill(keeper.status().process());
      retire(keeper);
      launch.close();
    }
  }

  @Test
  void exec_intoContainer_seesItsNamespaces() throws Exception {
    Path place = Files.createDirectory(directory.resolve("exec"));
    try (var launch = create("sleep", "100")) {
      ProcessIdentity process = launch.await(LaunchListener.NONE);
      var keeper = KeeperClient.of(launch);
      keeper.start(LaunchListener.NONE);
      String script = "cat /proc/sys/kernel/hostname; ls /; echo pid $$; exit 3";
      try (var exec =
          ExecPlan.launch(launcher, process.pid(), false, false, place, "sh", "-c", script)) {
        exec.await(LaunchListener.NONE);
        var execKeeper = KeeperClient.of(exec);
        try (var held = execKeeper.descriptors()) {
          String said = read(held.stdout().orElseThrow(), 4096);
          assertEquals("jrunc\nbin\ndev\netc\nproc\nsys\ntmp\npid 2\n", said);
        }
        assertEquals(new ExitStatus.Exited(3), retire(execKeeper).status());
      }
      kill(process);
      retire(keeper);
    }
  }

  @Test
  void terminal_ofContainerAndExec_isThePtyOfTheContainer() throws Exception {
    Path place = Files.createDirectory(directory.resolve("exec"));
    var plan =
        TestPlan.of(root, "sh", "-c", "readlink /proc/self/fd/0; stat -c %t:%T /dev/console; cat")
            .keeper(init)
            .terminal();
    try (var launch = plan.launch(launcher)) {
      ProcessIdentity process = launch.await(LaunchListener.NONE);
      var keeper = KeeperClient.of(launch);
      try (var held = keeper.descriptors()) {
        assertEquals(1, held.spools().size());
        assertTrue(held.stdin().isEmpty());
        String expected = "/dev/pts/0\r\n88:0\r\n";
        assertEquals(expected, read(held.terminal().orElseThrow(), expected.length()));
        try (var exec =
            ExecPlan.launch(
                launcher, process.pid(), false, true, place, "readlink", "/proc/self/fd/0")) {
          exec.await(LaunchListener.NONE);
          var execKeeper = KeeperClient.of(exec);
          try (var execHeld = execKeeper.descriptors()) {
            assertEquals("/dev/pts/1\r\n", read(execHeld.terminal().orElseThrow(), 12));
          }
          retire(execKeeper);
        }
      }
      kill(process);
      retire(keeper);
    }
  }

  private static void sendAnyhow(UnixSocket peer, ByteBuffer bytes) throws LinuxException {
    try {
      peer.send(bytes);
    } catch (LinuxException e) {
      assertTrue(e.is(Errno.EPIPE, Errno.ECONNRESET), e.getMessage()); // dropped already
    }
  }

  @Test
  void peersWithoutManners_disturbNobody() throws Exception {
    try (var launch = create("sleep", "100")) {
      ProcessIdentity process = launch.await(LaunchListener.NONE);
      var keeper = KeeperClient.of(launch);
      Path socket = init.resolve(KeeperClient.SOCKET);
      var rude = new ArrayList<UnixSocket>();
      for (int i = 0; i < 40; i++) {
        var peer = UnixSocket.connect(SocketType.SEQPACKET, socket);
        rude.add(peer);
        sendAnyhow(peer, ByteBuffer.wrap(new byte[] {(byte) "ZSG!\0CFC".charAt(i % 8)}));
        sendAnyhow(peer, ByteBuffer.allocate(1 + i * 100));
      }
      assertEquals(process, keeper.status().process());
      rude.forEach(UnixSocket::close);
      assertEquals(process, keeper.status().process());
      kill(process);
      retire(keeper);
    }
  }

  @Test
  void orphans_ofProcessInHostPids_areReapedByTheKeeper() throws Exception {
    var plan =
        TestPlan.of(root, "sh", "-c", "(sh -c 'true' & echo $! >/tmp/orphan) & wait; sleep 100")
            .hostPids()
            .keeper(init);
    try (var launch = plan.launch(launcher)) {
      ProcessIdentity process = launch.await(LaunchListener.NONE);
      Path file = root.resolve("tmp/orphan");
      while (!Files.exists(file) || Files.size(file) == 0) {
        Thread.onSpinWait();
      }
      int orphan = Integer.parseInt(Files.readString(file).strip());
      while (ProcessStat.read(orphan).isPresent()) {
        Thread.onSpinWait();
      }
      kill(process);
      retire(KeeperClient.of(launch));
    }
  }
}
