package org.jcontainerd.jrunc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jcontainerd.jrunc.plan.Bits;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.jrunc.plan.ParentStep;
import org.jcontainerd.jrunc.plan.PlanBuilder;
import org.jcontainerd.jrunc.plan.ProcessStep;
import org.jcontainerd.jrunc.plan.RootStep;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Namespaces that are joined or made late, cgroups, and descriptors that leave the container. */
@Tag("root")
@Timeout(60)
final class NamespaceEffectsRootTest {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final boolean UNIFIED_ALONE = Files.exists(CGROUPS.resolve("cgroup.controllers"));

  @TempDir Path directory;
  private PlanRig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new PlanRig(directory);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  /** A new cgroup of a hierarchy, removed after {@code body}. */
  private interface InCgroup {
    void run(Path cgroup) throws Exception;
  }

  private static void inLegacyCgroup(InCgroup body) throws Exception {
    assumeFalse(UNIFIED_ALONE, "this host has no cgroup v1");
    inCgroup(CGROUPS.resolve("pids"), body);
  }

  private static void inUnifiedCgroup(InCgroup body) throws Exception {
    inCgroup(UNIFIED_ALONE ? CGROUPS : CGROUPS.resolve("unified"), body);
  }

  private static void inCgroup(Path hierarchy, InCgroup body) throws Exception {
    Path cgroup = hierarchy.resolve("jrunc-init-test-" + ProcessHandle.current().pid());
    Files.createDirectory(cgroup);
    try {
      body.run(cgroup);
    } finally {
      long end = System.nanoTime() + 5_000_000_000L;
      while (!KernelFile.read(cgroup.resolve("cgroup.procs")).isEmpty()
          && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      Files.delete(cgroup);
    }
  }

  @Test
  void cgroupOfV1_isEntered() throws Exception {
    inLegacyCgroup(cgroup -> {
      var plan = rig.plan("cat", "/proc/self/cgroup");
      Fd tasks = HostFile.writing(cgroup.resolve("tasks"));
      plan.inRoot(new ProcessStep.EnterCgroup(plan.pass("tasks", tasks)));
      assertTrue(rig.run(plan).output().contains(":pids:/" + cgroup.getFileName() + "\n"));
    });
  }

  @Test
  void cgroupOfV2_isEntered() throws Exception {
    inUnifiedCgroup(cgroup -> {
      var plan = rig.plan("cat", "/proc/self/cgroup");
      plan.cgroup(plan.pass("cgroup", HostFile.directory(cgroup)));
      assertTrue(rig.run(plan).output().contains("0::/" + cgroup.getFileName() + "\n"));
    });
  }

  @Test
  void cgroupNamespace_madeAfterEnteringV1_beginsThere() throws Exception {
    inLegacyCgroup(cgroup -> {
      var plan = rig.plan("cat", "/proc/self/cgroup");
      Fd tasks = HostFile.writing(cgroup.resolve("tasks"));
      plan.inRoot(new ProcessStep.EnterCgroup(plan.pass("tasks", tasks)));
      plan.inRoot(new EitherStep.Unshare(Set.of(Namespace.CGROUP)));
      assertTrue(rig.run(plan).output().contains(":pids:/\n"));
    });
  }

  @Test
  void cgroupNamespace_madeAfterEnteringV2_beginsThere() throws Exception {
    inUnifiedCgroup(cgroup -> {
      var plan = rig.plan("cat", "/proc/self/cgroup");
      plan.cgroup(plan.pass("cgroup", HostFile.directory(cgroup)));
      plan.inRoot(new EitherStep.Unshare(Set.of(Namespace.CGROUP)));
      assertTrue(rig.run(plan).output().contains("0::/\n"));
    });
  }

  @Test
  void timeNamespace_hasItsOffset() throws Exception {
    double before = uptime(Files.readString(Path.of("/proc/uptime")));
    var plan =
        rig.plan("cat", "/proc/uptime")
            .inParent(new EitherStep.Unshare(Set.of(Namespace.TIME)))
            .inParent(new EitherStep.WriteProc("self/timens_offsets", "boottime 86400 0\n"));
    double inside = uptime(rig.run(plan).output());
    assertTrue(inside > before + 86_000, before + " and " + inside);
  }

  private static double uptime(String text) {
    return Double.parseDouble(text.split(" ")[0]);
  }

  @Test
  void exec_intoAUserNamespace_isRootOfIt() throws Exception {
    Path keeper = Files.createDirectory(directory.resolve("exec"));
    try (var launch = rig.plan("sleep", "100").user().launch(rig.launcher)) {
      ProcessIdentity process = launch.await(LaunchListener.NONE);
      try (var exec =
          ExecPlan.launch(
              rig.launcher, process.pid(), true, false, keeper, "cat", "/proc/self/uid_map")) {
        exec.await(LaunchListener.NONE);
        exec.connection().send('F');
        var answer = answer(exec);
        String said = read(answer.fds().get(1));
        answer.fds().forEach(Fd::close);
        assertEquals("0 100000 65536", said.strip().replaceAll(" +", " "));
        var _ = exec.exited().get();
        exec.connection().send('Q');
      }
      try (var pidfd = PidFd.open(process.pid())) {
        pidfd.send(Signal.SIGKILL);
      }
      var _ = launch.exited().get();
    }
  }

  /**
   * Joins a user namespace and makes a pid namespace in it, as a container with a userns path does.
   */
  @Test
  void fork_entersAPidNamespaceOfAJoinedUserNamespace() throws Exception {
    try (var launch = rig.plan("sleep", "100").user().launch(rig.launcher)) {
      ProcessIdentity owner = launch.await(LaunchListener.NONE);
      var builder = new PlanBuilder();
      var user = builder.passedSlot("user namespace");
      var output = builder.passedSlot("output");
      var tree = builder.madeSlot("root");
      builder
          .add(new EitherStep.Session())
          .add(new ParentStep.Subreaper())
          .add(
              new ParentStep.OpenTree(
                  rig.root.toString(), true, Set.of(), Set.of(), Optional.empty(), tree))
          .add(new ParentStep.BeginIn(rig.root.toString()))
          .add(new ParentStep.Clone(Set.of(), Optional.empty()))
          .add(new ProcessStep.Await())
          .add(new EitherStep.Join(user, Set.of(Namespace.USER)))
          .add(new ProcessStep.Identity(0, 0, true, List.of()))
          .add(new EitherStep.Unshare(Set.of(Namespace.PID, Namespace.MOUNT)))
          .add(new ProcessStep.Fork())
          .add(new RootStep.Root("/", true, Optional.of(tree)))
          .add(RootStep.Mount.of("proc", "proc", "/proc", Set.of()))
          .add(new RootStep.Pivot())
          .add(new ProcessStep.Descriptors(Map.of(1, output, 2, output)))
          .add(
              new ProcessStep.Exec(
                  "/bin/sh",
                  List.of("sh", "-c", "echo $$; echo /proc/[0-9]*; cat /proc/self/uid_map; exit 9"),
                  List.of("PATH=/bin")));
      var pipe = Pipe.create();
      try (Fd namespace = HostFile.reading(Path.of("/proc/" + owner.pid() + "/ns/user"));
          Fd readEnd = pipe.readEnd();
          var second =
              rig.launcher.launch(
                  builder.build(), Map.of(user, namespace, output, pipe.writeEnd()))) {
        pipe.writeEnd().close();
        second.await(LaunchListener.NONE);
        String said = read(readEnd).replaceAll("\\s+", " ").strip();
        assertEquals("1 /proc/1 0 100000 65536", said);
        assertEquals(9, second.exited().get().status().shellCode());
      } finally {
        pipe.writeEnd().close();
      }
      try (var pidfd = PidFd.open(owner.pid())) {
        pidfd.send(Signal.SIGKILL);
      }
      var _ = launch.exited().get();
    }
  }

  @Test
  void idMaps_ofMounts_areThoseOfTheNamespace() throws Exception {
    Path source = Files.createDirectory(directory.resolve("source"));
    Files.createFile(source.resolve("file"));
    try (var launch = rig.plan("sleep", "100").user().launch(rig.launcher)) {
      ProcessIdentity owner = launch.await(LaunchListener.NONE);
      var plan = rig.shell("stat -c %u:%g /opened/file");
      Path namespace = Path.of("/proc/" + owner.pid() + "/ns/user");
      var map = plan.pass("id map", HostFile.reading(namespace));
      var tree = plan.made("tree");
      plan.inParent(
              new ParentStep.OpenTree(
                  source.toString(), false, Set.of(), Set.of(), Optional.of(map), tree))
          .inRoot(RootStep.Bind.of(new RootStep.Source.Tree(tree), "/opened", false));
      assertEquals("100000:100000\n", rig.run(plan).output());
      try (var pidfd = PidFd.open(owner.pid())) {
        pidfd.send(Signal.SIGKILL);
      }
      var _ = launch.exited().get();
    }
  }

  @Test
  void consoleSocket_getsTheMasterAndItsPath() throws Exception {
    var plan = rig.plan("readlink", "/proc/self/fd/0");
    try (var pair = UnixSocket.pair(SocketType.STREAM)) {
      plan.inRoot(
          new RootStep.Terminal(
              10, 20, Optional.of(plan.pass("console", pair.second().fd())), false));
      try (var launch = plan.launch(rig.launcher)) {
        launch.await(LaunchListener.NONE);
        try (var message = pair.first().receive(64).orElseThrow()) {
          assertEquals("/dev/pts/0", new String(message.bytes(), StandardCharsets.UTF_8));
          assertEquals("/dev/pts/0\r\n", read(message.fds().getFirst(), 12));
        }
        var _ = launch.exited().get();
      }
    }
  }

  @Test
  void seccompListener_isAnsweredToTheStarter() throws Exception {
    // ld [nr]; if mkdir return USER_NOTIF else ALLOW
    var code = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    code.putShort((short) 0x20).putShort((short) 0).putInt(0);
    code.putShort((short) 0x15).put((byte) 0).put((byte) 1).putInt(83);
    code.putShort((short) 0x06).putShort((short) 0).putInt(0x7fc00000);
    code.putShort((short) 0x06).putShort((short) 0).putInt(0x7fff0000);
    var filter = new ProcessStep.Seccomp(ProcessStep.Seccomp.NEW_LISTENER, Bits.of(code.array()));
    var listeners = new ArrayList<String>();
    try (var launch = rig.plan("true").inProcess(filter).launch(rig.launcher)) {
      launch.await(
          new LaunchListener() {
            @Override
            public void seccompListener(ProcessIdentity process, Fd fd) throws IOException {
              listeners.add(Files.readSymbolicLink(fd.path()).toString());
              fd.close();
            }
          });
      var _ = launch.exited().get();
    }
    assertEquals(List.of("anon_inode:seccomp notify"), listeners);
  }

  @Test
  void keeperSocket_ofAnotherUser_isNotServed() throws Exception {
    Path keeper = Files.createDirectory(directory.resolve("init"));
    try (var launch = rig.plan("sleep", "100").keeper(keeper).launch(rig.launcher)) {
      ProcessIdentity process = launch.await(LaunchListener.NONE);
      Path socket = keeper.resolve("keeper.sock");
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
      open(directory, keeper, socket);
      assertEquals("32", ask(socket, "0"));
      assertEquals("0", ask(socket, "65534"));
      try (var pidfd = PidFd.open(process.pid())) {
        pidfd.send(Signal.SIGKILL);
      }
      var _ = launch.exited().get();
      launch.connection().send('Q');
    }
  }

  private static void open(Path... paths) throws IOException {
    for (Path path : paths) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
  }

  /** Asks for the status as a user; answers how many bytes came. */
  private static String ask(Path socket, String user) throws Exception {
    String script =
        "socket(S,PF_UNIX,SOCK_SEQPACKET,0); connect(S,sockaddr_un($ARGV[0])) or die $!;"
            + " send(S,'S',0); recv(S,$b,100,0); print length $b";
    Process process =
        new ProcessBuilder(
                "setpriv",
                "--reuid",
                user,
                "--clear-groups",
                "perl",
                "-MSocket",
                "-e",
                script,
                socket.toString())
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** The exit may be told before the answer. */
  private static HelperMessage.Answer answer(Launch launch) throws IOException {
    while (true) {
      if (launch.next() instanceof HelperMessage.Answer answer) {
        return answer;
      }
    }
  }

  private static String read(Fd fd) throws IOException {
    return read(fd, 4096);
  }

  private static String read(Fd fd, int size) throws IOException {
    var buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining() && fd.read(buffer) >= 0) {}
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
  }
}
