package org.jcontainerd.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jnr.posix.FileStat;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import org.jcontainerd.linux.fs.Directory;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.fs.RootDir;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.mount.DetachedMount;
import org.jcontainerd.linux.mount.FileSystemContext;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.ProcessAttributes;
import org.jcontainerd.linux.process.Spawn;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixListener;
import org.jcontainerd.linux.socket.UnixSocket;
import org.jcontainerd.linux.terminal.Terminal;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What our calls did, as JNA and jnr-posix see it. */
@Tag("root")
class OraclesRootTest {
  private static final int F_GETFD = 1;
  private static final int FD_CLOEXEC = 1;

  /** The C library through JNA. */
  public interface C extends Library {
    C LIBRARY = Native.load("c", C.class);

    int fcntl(int fd, int command, long argument);

    int getsockopt(int fd, int level, int name, Memory value, IntByReference length);

    int prctl(int option, IntByReference value, long a, long b, long c);

    long read(int fd, byte[] buffer, long size);
  }

  @TempDir Path directory;

  @Test
  void everyDescriptor_isCloseOnExec() throws Exception {
    Path path = directory.resolve("socket");
    try (Pipe pipe = Pipe.create();
        Fd memfd = Memfd.create("m");
        Fd copy = memfd.duplicate();
        Directory open = Directory.open(directory);
        RootDir root = RootDir.open(directory);
        Fd file = open.createFile("f", 0600);
        Fd host = HostFile.reading(directory);
        var pair = UnixSocket.pair(SocketType.SEQPACKET);
        UnixListener listener = UnixListener.bind(SocketType.STREAM, path, 0600);
        UnixSocket client = UnixSocket.connect(SocketType.STREAM, path);
        UnixSocket server = listener.accept();
        Terminal.Pty pty = Terminal.open();
        FileSystemContext tmpfs = FileSystemContext.open("tmpfs");
        DetachedMount mount = tmpfs.create(java.util.Set.of());
        DetachedMount clone = DetachedMount.clone(directory, false);
        PidFd self = PidFd.open((int) ProcessHandle.current().pid());
        KernelWaiter waiter = KernelWaiter.start("waiter", (_, _) -> {})) {
      waiter.execute(() -> {});
      var all =
          List.of(
              pipe.readEnd(),
              pipe.writeEnd(),
              memfd,
              copy,
              open.fd(),
              root.fd(),
              file,
              host,
              pair.first().fd(),
              pair.second().fd(),
              listener.fd(),
              client.fd(),
              server.fd(),
              pty.master(),
              pty.slave(),
              mount.fd(),
              clone.fd(),
              self.fd());
      for (Fd fd : all) {
        assertEquals(
            FD_CLOEXEC, C.LIBRARY.fcntl(fd.number(), F_GETFD, 0) & FD_CLOEXEC, fd::toString);
      }
      try (var fds = Files.list(Path.of("/proc/self/fd"))) { // and the waiter's own two
        long events = fds.map(OraclesRootTest::link).filter(l -> l.contains("event")).count();
        assertTrue(events >= 2);
      }
    }
  }

  private static String link(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (java.io.IOException _) {
      return ""; // closed while we list
    }
  }

  @Test
  void fileStat_isJnrs() throws Exception {
    POSIX posix = POSIXFactory.getNativePOSIX();
    Files.writeString(directory.resolve("file"), "12345");
    try (Directory open = Directory.open(directory)) {
      open.changeOwner("file", 7, 8);
      open.changeMode("file", 04751);
      open.makeHardLink("second", open, "file");
      open.makeSymbolicLink("link", "file");
      for (String name : List.of("file", "link")) {
        FileStat theirs = posix.lstat(directory.resolve(name).toString());
        var ours = open.stat(name).orElseThrow();
        assertEquals(theirs.uid(), ours.uid());
        assertEquals(theirs.gid(), ours.gid());
        assertEquals(theirs.mode(), ours.type().bits() | ours.permissions());
        assertEquals(theirs.st_size(), ours.size());
        assertEquals(theirs.nlink(), ours.links());
        assertEquals(theirs.ino(), ours.inode());
        assertEquals(theirs.mtime(), ours.modified().getEpochSecond());
        assertEquals(theirs.blocks() * 512, ours.allocatedBytes());
      }
    }
  }

  @Test
  void peerCredentials_areThoseOfGetsockoptByJna() throws Exception {
    try (var pair = UnixSocket.pair(SocketType.STREAM)) {
      var value = new Memory(12);
      var length = new IntByReference(12);
      assertEquals(0, C.LIBRARY.getsockopt(pair.first().fd().number(), 1, 17, value, length));
      var ours = pair.first().peerCredentials();
      assertEquals(value.getInt(0), ours.pid());
      assertEquals(value.getInt(4), ours.uid());
      assertEquals(value.getInt(8), ours.gid());
    }
  }

  @Test
  void bytesAndAttributes_areWhatJnaSees() throws Exception {
    try (Pipe pipe = Pipe.create()) {
      pipe.writeEnd().writeFully(ByteBuffer.wrap(new byte[] {1, 2, 3}).slice(1, 2));
      byte[] got = new byte[5];
      assertEquals(2, C.LIBRARY.read(pipe.readEnd().number(), got, 5));
      assertEquals(2, got[0]);
      assertEquals(3, got[1]);
    }
    ProcessAttributes.becomeSubreaper();
    var subreaper = new IntByReference();
    assertEquals(0, C.LIBRARY.prctl(37, subreaper, 0, 0, 0));
    assertEquals(1, subreaper.getValue());
    assertTrue(ProcessAttributes.isSubreaper());
  }

  @Test
  void waitStatus_isJnrs() throws Exception {
    POSIX posix = POSIXFactory.getNativePOSIX();
    try (PidFd child =
        Spawn.program(Path.of("/bin/sh")).arguments(List.of("sh", "-c", "exit 7")).start()) {
      int[] status = new int[1];
      assertEquals(child.pid(), posix.waitpid(child.pid(), status, 0));
      assertEquals(7, status[0] >> 8);
      try (KernelWaiter waiter = KernelWaiter.start("waiter", (_, _) -> {})) {
        // somebody else has reaped it: the end is noticed, the status is not known
        assertEquals(new ExitStatus.Unknown(), waiter.whenExited(child).get());
      }
    }
  }
}
