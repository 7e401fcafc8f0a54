package org.jcontainerd.linux.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.sys.FileCalls;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Starts real programs; needs no root but a whole kernel. */
@Tag("root")
class SpawnRootTest {
  private static final Path SH = Path.of("/bin/sh");

  private static String output(Spawn spawn, String script) throws LinuxException {
    try (Pipe pipe = Pipe.create()) {
      PidFd child =
          spawn.arguments(List.of("sh", "-c", script)).descriptor(1, pipe.writeEnd()).start();
      pipe.writeEnd().close();
      String text = KernelFile.read(pipe.readEnd());
      assertEquals(new ExitStatus.Exited(0), child.waitFor());
      child.close();
      return text;
    }
  }

  @Test
  void start_namedDescriptors_childHasTheseAndNoOther() throws IOException {
    try (Pipe other = Pipe.create();
        Fd inheritable = Fd.adopt(other.readEnd().duplicate().release(), "inheritable")) {
      FileCalls.fcntl(inheritable.number(), FileCalls.F_SETFD, 0);
      String fds =
          output(
              Spawn.program(SH).descriptor(0, other.readEnd()).descriptor(7, other.readEnd()),
              "cd /proc/self/fd && echo *");
      assertEquals("0 1 2 7\n", fds, "2 is the directory that the shell itself reads");
    }
  }

  @Test
  void start_targetsThatAreOtherSources_areSwappedRight() throws IOException {
    try (Pipe one = Pipe.create();
        Pipe two = Pipe.create()) {
      one.writeEnd().writeFully(ByteBuffer.wrap("one\n".getBytes(UTF_8)));
      two.writeEnd().writeFully(ByteBuffer.wrap("two\n".getBytes(UTF_8)));
      int a = one.readEnd().number();
      int b = two.readEnd().number();
      String text =
          output(
              Spawn.program(Path.of("/bin/bash"))
                  .descriptor(a, two.readEnd())
                  .descriptor(b, one.readEnd()),
              "read -u " + a + " x; read -u " + b + " y; echo $x $y");
      assertEquals("two one\n", text);
    }
  }

  @Test
  void start_argumentsAndEnvironment_arePassedExactly() throws IOException {
    try (Pipe pipe = Pipe.create();
        PidFd child =
            Spawn.program(Path.of("/usr/bin/env"))
                .environment(Map.of("A", "b c=d"))
                .descriptor(1, pipe.writeEnd())
                .start()) {
      pipe.writeEnd().close();
      assertEquals("A=b c=d\n", KernelFile.read(pipe.readEnd()));
      assertEquals(new ExitStatus.Exited(0), child.waitFor());
    }
  }

  @Test
  void start_directory_isTheChilds() throws IOException {
    assertEquals("/usr/bin\n", output(Spawn.program(SH).directory(Path.of("/usr/bin")), "pwd"));
  }

  @Test
  void start_signals_areNeitherBlockedNorIgnored() throws IOException {
    String status = output(Spawn.program(SH), "while read l; do echo $l; done </proc/self/status");
    for (String mask : List.of("SigBlk", "SigIgn")) {
      assertTrue(
          status.lines().anyMatch(l -> l.equals(mask + ": 0000000000000000")),
          () -> mask + " in " + status);
    }
  }

  @Test
  void start_newSession_leadsIt() throws IOException {
    String stat =
        output(Spawn.program(SH).newSession(), "read l </proc/self/stat; echo $l; echo $$");
    ProcessStat read = ProcessStat.parse(stat.lines().findFirst().orElseThrow());
    assertEquals(read.pid(), read.session());
  }

  @Test
  void start_missingProgram_failsWithTheErrnoOfExec() {
    LinuxException e =
        assertThrows(LinuxException.class, () -> Spawn.program(Path.of("/no/such")).start());
    assertEquals(Errno.ENOENT, e.errno());
    LinuxException denied =
        assertThrows(LinuxException.class, () -> Spawn.program(Path.of("/etc/passwd")).start());
    assertEquals(Errno.EACCES, denied.errno());
  }

  @Test
  void start_sealedMemfd_runs() throws IOException {
    ByteBuffer program = ByteBuffer.wrap(Files.readAllBytes(Path.of("/bin/true")));
    try (Fd file = Memfd.sealed("true", program, true);
        PidFd child = Spawn.program(file).start()) {
      assertTrue(Memfd.isSealed(file));
      assertEquals(new ExitStatus.Exited(0), child.waitFor());
    }
  }

  @Test
  void pidFd_killedChild_tellsTheSignal() throws IOException {
    try (PidFd child =
        Spawn.program(Path.of("/bin/sleep")).arguments(List.of("sleep", "100")).start()) {
      assertTrue(child.poll().isEmpty());
      assertTrue(ProcessStat.startTicks(child.pid()).isPresent());
      assertTrue(child.send(Signal.SIGKILL));
      assertEquals(new ExitStatus.Killed(Signal.SIGKILL, false), child.waitFor());
      assertFalse(child.exists());
      assertFalse(child.send(Signal.SIGTERM));
      assertTrue(ProcessStat.read(child.pid()).isEmpty());
    }
  }

  @Test
  void start_again_measures() throws IOException {
    int rounds = 300;
    long best = Long.MAX_VALUE;
    long begin = System.nanoTime();
    for (int i = 0; i < rounds; i++) {
      long at = System.nanoTime();
      try (PidFd child =
          Spawn.program(Path.of("/bin/busybox")).arguments(List.of("true")).start()) {
        assertEquals(new ExitStatus.Exited(0), child.waitFor());
      }
      best = Math.min(best, System.nanoTime() - at);
    }
    System.out.printf(
        "spawn and wait: mean %d us, best %d us%n",
        (System.nanoTime() - begin) / rounds / 1000, best / 1000);
  }

  @Test
  void start_whereSigchldIsIgnored_stillTellsTheExit() throws Exception {
    Process java =
        new ProcessBuilder(
                "/usr/bin/env",
                "--ignore-signal=CHLD",
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SpawnMain.class.getName())
            .redirectErrorStream(true)
            .start();
    String text = new String(java.getInputStream().readAllBytes(), UTF_8);
    assertEquals("Exited[code=7]\n", text);
    assertEquals(0, java.waitFor());
  }

  @Test
  @Timeout(60)
  void start_fromManyThreads_noChildHoldsAnothersPipe() throws Exception {
    try (var pool = Executors.newFixedThreadPool(8)) {
      var rounds =
          IntStream.range(0, 200).mapToObj(n -> pool.submit(() -> echo("line " + n))).toList();
      for (int n = 0; n < rounds.size(); n++) {
        assertEquals("line " + n, rounds.get(n).get());
      }
    }
  }

  /** cat(1) ends only when every copy of the write end of its input is closed. */
  private static String echo(String text) throws LinuxException {
    try (Pipe in = Pipe.create();
        Pipe out = Pipe.create();
        PidFd cat =
            Spawn.program(Path.of("/bin/cat"))
                .descriptor(0, in.readEnd())
                .descriptor(1, out.writeEnd())
                .start()) {
      out.writeEnd().close();
      in.writeEnd().writeFully(ByteBuffer.wrap(text.getBytes(UTF_8)));
      in.writeEnd().close();
      String answer = KernelFile.read(out.readEnd());
      assertEquals(new ExitStatus.Exited(0), cat.waitFor());
      return answer;
    }
  }
}
