package org.jcontainerd.linux.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.fs.Pipe;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("root")
class UnixSocketRootTest {
  @TempDir Path directory;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String text(Received.Message message) {
    return new String(message.bytes(), UTF_8);
  }

  private static long openDescriptors() throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAM", "SEQPACKET"}) // a datagram socket does not listen
  void bindAndConnect_anyLength_carriesBytes(SocketType type) throws IOException {
    Path deep = directory;
    for (int i = 0; i < 5; i++) {
      deep = Files.createDirectory(deep.resolve("a-rather-long-directory-name-of-40-chars-" + i));
    }
    for (Path path : List.of(directory.resolve("short.sock"), deep.resolve("long.sock"))) {
      try (UnixListener listener = UnixListener.bind(type, path, 0600);
          UnixSocket client = UnixSocket.connect(type, path);
          UnixSocket server = listener.accept()) {
        assertEquals(
            "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        client.send(bytes("hello"));
        assertEquals("hello", text(server.receive(100).orElseThrow()));
        client.shutdownOutput();
        assertTrue(server.receive(100).isEmpty());
        assertEquals(ProcessHandle.current().pid(), server.peerCredentials().pid());
        assertTrue(client.peerCredentials().isRoot());
      }
      assertThrows(LinuxException.class, () -> UnixSocket.connect(type, path));
      LinuxException inUse =
          assertThrows(LinuxException.class, () -> UnixListener.bind(type, path, 0600));
      assertEquals(Errno.EADDRINUSE, inUse.errno());
      UnixListener.bindReplacing(type, path, 0600).close();
    }
  }

  @Test
  void abstractName_ofAllItsBytes_isInNoFileSystem() throws IOException {
    String name = ("jc-test-" + ProcessHandle.current().pid() + "-").concat("n".repeat(107));
    String longest = name.substring(0, 107);
    try (UnixSocket receiver = UnixSocket.bindAbstract(longest);
        UnixSocket sender = UnixSocket.connectAbstract(SocketType.DATAGRAM, longest)) {
      sender.send(bytes("hello"));
      assertEquals("hello", text(receiver.receive(100).orElseThrow()));
      var taken = assertThrows(LinuxException.class, () -> UnixSocket.bindAbstract(longest));
      assertEquals(Errno.EADDRINUSE, taken.errno());
      assertTrue(String.valueOf(taken.getMessage()).contains("@" + longest), taken::getMessage);
    }
    var gone =
        assertThrows(
            LinuxException.class, () -> UnixSocket.connectAbstract(SocketType.DATAGRAM, longest));
    assertEquals(Errno.ECONNREFUSED, gone.errno());
    var tooLong =
        assertThrows(LinuxException.class, () -> UnixSocket.bindAbstract(name.substring(0, 108)));
    assertEquals(Errno.ENAMETOOLONG, tooLong.errno());
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void send_descriptors_arriveInOrderAndCloseOnExec(SocketType type) throws IOException {
    long before = openDescriptors();
    try (var pair = UnixSocket.pair(type)) {
      var files = new ArrayList<Fd>();
      for (int i = 0; i < 20; i++) {
        files.add(Memfd.sealed("m", bytes("content " + i), false));
      }
      pair.first().send(bytes("x"), files);
      files.forEach(Fd::close);
      try (Received.Message message = pair.second().receive(10).orElseThrow()) {
        assertEquals("x", text(message));
        assertEquals(20, message.fds().size());
        for (int i = 0; i < 20; i++) {
          Fd fd = message.fds().get(i);
          assertEquals("content " + i, KernelFile.read(Path.of("/proc/self/fd/" + fd.number())));
          String info = Files.readString(Path.of("/proc/self/fdinfo/" + fd.number()));
          assertTrue(info.lines().anyMatch(l -> l.matches("flags:\\s+02.*")), info);
        }
      }
    }
    assertEquals(before, openDescriptors());
  }

  @Test
  void send_253descriptors_passAnd254AreRefused() throws IOException {
    try (var pair = UnixSocket.pair(SocketType.SEQPACKET);
        Pipe pipe = Pipe.create()) {
      pair.first().send(bytes("x"), Collections.nCopies(253, pipe.readEnd()));
      try (Received.Message message = pair.second().receive(1).orElseThrow()) {
        assertEquals(253, message.fds().size());
      }
      LinuxException e =
          assertThrows(
              LinuxException.class,
              () -> pair.first().send(bytes("x"), Collections.nCopies(254, pipe.readEnd())));
      assertEquals(Errno.EINVAL, e.errno());
    }
  }

  @Test
  void receive_tooLongPacket_failsAndClosesWhatCame() throws IOException {
    long before = openDescriptors();
    try (var pair = UnixSocket.pair(SocketType.SEQPACKET)) {
      try (Fd file = Memfd.create("m")) {
        pair.first().send(bytes("0123456789"), List.of(file));
      }
      LinuxException e = assertThrows(LinuxException.class, () -> pair.second().receive(5));
      assertEquals(Errno.EMSGSIZE, e.errno());
      assertEquals(before + 2, openDescriptors());
      pair.first().send(bytes("next"));
      assertEquals("next", text(pair.second().receive(5).orElseThrow()));
    }
  }

  @Test
  void send_moreThanTheBuffer_isSentWhole() throws Exception {
    byte[] large = new byte[3_000_000];
    new java.util.Random(1).nextBytes(large);
    try (var pair = UnixSocket.pair(SocketType.STREAM)) {
      Thread sender =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  pair.first().send(ByteBuffer.wrap(large));
                  pair.first().shutdownOutput();
                } catch (LinuxException e) {
                  throw new AssertionError(e);
                }
              });
      var got = new java.io.ByteArrayOutputStream();
      for (var part = pair.second().receive(70_000);
          part.isPresent();
          part = pair.second().receive(70_000)) {
        got.writeBytes(part.get().bytes());
      }
      sender.join();
      assertArrayEquals(large, got.toByteArray());
    }
  }

  @Test
  void tryReceive_nothing_isNothingYetAndLaterEnded() throws IOException {
    try (var pair = UnixSocket.pair(SocketType.SEQPACKET)) {
      assertInstanceOf(Received.NothingYet.class, pair.second().tryReceive(10));
      while (pair.first().trySend(bytes("0123456789"), List.of())) {
        // until the buffer is full
      }
      assertInstanceOf(Received.Message.class, pair.second().tryReceive(10));
      pair.first().close();
      while (pair.second().tryReceive(10) instanceof Received.Message message) {
        assertEquals(10, message.bytes().length);
      }
      assertInstanceOf(Received.Ended.class, pair.second().tryReceive(10));
      LinuxException e = assertThrows(LinuxException.class, () -> pair.second().send(bytes("x")));
      assertEquals(Errno.EPIPE, e.errno());
    }
  }

  @Test
  void receiveTimeout_passed_isEagain() throws IOException {
    try (var pair = UnixSocket.pair(SocketType.STREAM)) {
      pair.first().receiveTimeout(Duration.ofMillis(30));
      LinuxException e = assertThrows(LinuxException.class, () -> pair.first().receive(1));
      assertEquals(Errno.EAGAIN, e.errno());
    }
  }

  @Test
  void shutdown_endsAWaitingReceiver() throws Exception {
    try (var pair = UnixSocket.pair(SocketType.STREAM)) {
      var empty = new java.util.concurrent.CompletableFuture<Boolean>();
      Thread receiver =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  empty.complete(pair.first().receive(1).isEmpty());
                } catch (LinuxException e) {
                  empty.completeExceptionally(e);
                }
              });
      pair.first().shutdown();
      assertTrue(empty.get());
      receiver.join();
    }
  }
}
