package org.jcontainerd.linux.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.mount.MountInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class NetworkNamespaceRootTest {
  private static final Path OWN = Path.of("/proc/thread-self/ns/net");

  @TempDir Path directory;

  private static String own() throws IOException {
    return Files.readSymbolicLink(OWN).toString();
  }

  @Test
  void create_newPin_isAnotherNamespaceWithLoUp() throws Exception {
    Path pin = directory.resolve("a");
    NetworkNamespace.create(pin);
    try {
      assertEquals("nsfs", MountInfo.at(pin).orElseThrow().type());
      assertNotEquals(own(), NetworkNamespace.call(pin, NetworkNamespaceRootTest::own));
      String answer =
          NetworkNamespace.call(
              pin,
              () -> {
                try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    var client = new Socket()) {
                  client.connect(server.getLocalSocketAddress(), 1000);
                  return "connected";
                }
              });
      assertEquals("connected", answer);
    } finally {
      NetworkNamespace.delete(pin);
    }
    assertFalse(Files.exists(pin));
    assertTrue(MountInfo.at(pin).isEmpty());
    NetworkNamespace.delete(pin);
  }

  @Test
  void create_existingPin_failsAndLeavesIt() throws IOException {
    Path pin = Files.writeString(directory.resolve("b"), "mine");
    LinuxException e = assertThrows(LinuxException.class, () -> NetworkNamespace.create(pin));
    assertEquals(Errno.EEXIST, e.errno());
    assertEquals("mine", Files.readString(pin));
  }

  @Test
  void call_failingWork_throwsTheSameException() throws IOException {
    Path pin = directory.resolve("c");
    NetworkNamespace.create(pin);
    try {
      var thrown = new IOException("mine");
      IOException caught =
          assertThrows(
              IOException.class,
              () ->
                  NetworkNamespace.call(
                      pin,
                      () -> {
                        throw thrown;
                      }));
      assertEquals(thrown, caught);
    } finally {
      NetworkNamespace.delete(pin);
    }
  }

  /** Threads of this process in another network namespace than {@code own}. */
  private static List<Path> threadsOutside(String own) throws IOException {
    var outside = new ArrayList<Path>();
    try (var tasks = Files.list(Path.of("/proc/self/task"))) {
      for (Path task : tasks.toList()) {
        try {
          if (!own.equals(Files.readSymbolicLink(task.resolve("ns/net")).toString())) {
            outside.add(task);
          }
        } catch (NoSuchFileException _) {
          // a thread that has just ended is in no namespace
        }
      }
    }
    return outside;
  }

  @Test
  void call_fromPooledAndVirtualThreads_leaksNoNamespace() throws Exception {
    String own = own();
    Path pin = directory.resolve("d");
    NetworkNamespace.create(pin);
    try (var virtual = Executors.newVirtualThreadPerTaskExecutor();
        var pool = Executors.newFixedThreadPool(4)) {
      for (var executor : List.of(virtual, pool)) {
        var futures =
            IntStream.range(0, 100)
                .mapToObj(_ ->
                    executor.submit(() -> {
                      String inside = NetworkNamespace.call(pin, NetworkNamespaceRootTest::own);
                      assertNotEquals(own, inside);
                      return own();
                    }))
                .toList();
        for (Future<String> future : futures) {
          assertEquals(own, future.get());
        }
      }
      // a thread that has answered may need a moment to end
      long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (!threadsOutside(own).isEmpty() && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertEquals(List.of(), threadsOutside(own));
    } finally {
      NetworkNamespace.delete(pin);
    }
  }

  @Test
  void createAndDelete_measures() throws IOException {
    int rounds = 100;
    long create = 0;
    long delete = 0;
    for (int i = 0; i < rounds; i++) {
      Path pin = directory.resolve("m" + i);
      long at = System.nanoTime();
      NetworkNamespace.create(pin);
      create += System.nanoTime() - at;
      at = System.nanoTime();
      NetworkNamespace.delete(pin);
      delete += System.nanoTime() - at;
    }
    System.out.printf(
        "netns: create %d us, delete %d us (means)%n",
        create / rounds / 1000, delete / rounds / 1000);
  }
}
