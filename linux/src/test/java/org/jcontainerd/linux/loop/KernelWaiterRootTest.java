package org.jcontainerd.linux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.Spawn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("root")
@Timeout(60)
class KernelWaiterRootTest {
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private KernelWaiter waiter;

  @BeforeEach
  void start() throws IOException {
    waiter = KernelWaiter.start("test waiter", (what, e) -> failures.add(what + ": " + e));
  }

  @AfterEach
  void close() {
    waiter.close();
  }

  private static void put(Fd fd, int value) throws IOException {
    fd.writeFully(ByteBuffer.wrap(new byte[] {(byte) value}));
  }

  private static int take(Fd fd) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    return fd.read(one) < 0 ? -1 : one.get(0);
  }

  private static long openDescriptors() throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @Test
  void onReadable_bytesThenEnd_handlerSeesBoth() throws Exception {
    try (Pipe pipe = Pipe.create()) {
      var seen = new CompletableFuture<List<Integer>>();
      var values = new ArrayList<Integer>();
      var _ =
          waiter.onReadable(
              pipe.readEnd(),
              registration -> {
                values.add(take(pipe.readEnd()));
                if (values.getLast() == -1) {
                  registration.closeThen(() -> seen.complete(values));
                }
              });
      put(pipe.writeEnd(), 5);
      put(pipe.writeEnd(), 6);
      pipe.writeEnd().close();
      assertEquals(List.of(5, 6, -1), seen.get());
    }
  }

  @Test
  void handler_throws_isReportedOnceAndTheLoopGoesOn() throws Exception {
    try (Pipe bad = Pipe.create();
        Pipe good = Pipe.create()) {
      var _ =
          waiter.onReadable(
              bad.readEnd(),
              _ -> {
                throw new IOException("handler's own");
              });
      put(bad.writeEnd(), 1);
      var done = new CountDownLatch(1);
      var _ =
          waiter.onReadable(
              good.readEnd(),
              r -> {
                r.close();
                done.countDown();
              });
      put(good.writeEnd(), 1);
      assertTrue(done.await(10, TimeUnit.SECONDS));
      var again = new CountDownLatch(1);
      waiter.execute(again::countDown);
      assertTrue(again.await(10, TimeUnit.SECONDS));
      assertEquals(1, failures.size(), failures::toString);
      assertTrue(failures.peek().contains("handler's own"), failures::toString);
    }
  }

  @Test
  void onReadable_executor_neverRunsTwiceAtOnce() throws Exception {
    try (Pipe pipe = Pipe.create();
        var pool = Executors.newFixedThreadPool(4)) {
      var inside = new AtomicInteger();
      var most = new AtomicInteger();
      var count = new CountDownLatch(200);
      var registration =
          waiter.onReadable(
              pipe.readEnd(),
              _ -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                take(pipe.readEnd());
                inside.decrementAndGet();
                count.countDown();
              },
              pool);
      for (int i = 0; i < 200; i++) {
        put(pipe.writeEnd(), 1);
      }
      assertTrue(count.await(10, TimeUnit.SECONDS));
      assertEquals(1, most.get());
      registration.close();
    }
  }

  @Test
  void reader_andWriter_onOneDescriptor() throws Exception {
    try (var pair =
        org.jcontainerd.linux.socket.UnixSocket.pair(
            org.jcontainerd.linux.socket.SocketType.STREAM)) {
      Fd fd = pair.first().fd();
      var readable = new CountDownLatch(1);
      var writable = new CountDownLatch(1);
      var reading =
          waiter.onReadable(
              fd,
              r -> {
                r.close();
                readable.countDown();
              });
      var writing =
          waiter.onWritable(
              fd,
              r -> {
                r.close();
                writable.countDown();
              });
      assertTrue(writable.await(10, TimeUnit.SECONDS));
      assertEquals(1, readable.getCount());
      pair.second().send(ByteBuffer.wrap(new byte[] {1}));
      assertTrue(readable.await(10, TimeUnit.SECONDS));
      reading.close();
      writing.close();
    }
  }

  @Test
  void onReadable_twiceOnOneDescriptor_isRefused() throws Exception {
    try (Pipe pipe = Pipe.create()) {
      var first = waiter.onReadable(pipe.readEnd(), _ -> {});
      assertThrows(IllegalStateException.class, () -> waiter.onReadable(pipe.readEnd(), _ -> {}));
      first.close();
      waiter.onReadable(pipe.readEnd(), _ -> {}).close();
    }
  }

  @Test
  void whenExited_children_reapsEach() throws Exception {
    var children = new ArrayList<PidFd>();
    var exits = new ArrayList<CompletableFuture<ExitStatus>>();
    for (int i = 0; i < 20; i++) {
      PidFd child =
          Spawn.program(Path.of("/bin/sh")).arguments(List.of("sh", "-c", "exit " + i)).start();
      children.add(child);
      exits.add(waiter.whenExited(child));
    }
    for (int i = 0; i < 20; i++) {
      assertEquals(new ExitStatus.Exited(i), exits.get(i).get(10, TimeUnit.SECONDS));
      assertFalse(children.get(i).exists());
      children.get(i).close();
    }
  }

  @Test
  void whenExited_notOurChild_isUnknown() throws Exception {
    Process shell = new ProcessBuilder("/bin/sh", "-c", "sleep 100 & echo $!; wait").start();
    int grandchild = Integer.parseInt(shell.inputReader().readLine());
    try (PidFd other = PidFd.open(grandchild)) {
      var exit = waiter.whenExited(other);
      assertTrue(other.send(Signal.SIGKILL));
      assertEquals(new ExitStatus.Unknown(), exit.get(10, TimeUnit.SECONDS));
    }
    assertEquals(0, shell.waitFor()); // the JDK still reaps its own child
  }

  @Test
  void close_withOpenExit_failsIt() throws Exception {
    try (PidFd child =
        Spawn.program(Path.of("/bin/sleep")).arguments(List.of("sleep", "100")).start()) {
      var exit = waiter.whenExited(child);
      waiter.close();
      ExecutionException e = assertThrows(ExecutionException.class, exit::get);
      assertTrue(e.getMessage().contains("test waiter: closed"), e::getMessage);
      assertTrue(child.send(Signal.SIGKILL));
      assertEquals(128 + 9, child.waitFor().shellCode());
    }
  }

  @Test
  void tenThousandRegistrations_fromManyThreads_eachFiresOnceAndNothingLeaks() throws Exception {
    long before = openDescriptors();
    int pairs = 10_000;
    int threads = 4;
    var fired = new AtomicInteger();
    var trouble = new AtomicReference<Throwable>();
    long at = System.nanoTime();
    try (var pool = Executors.newFixedThreadPool(threads)) {
      for (int t = 0; t < threads; t++) {
        pool.execute(() -> {
          try {
            for (int i = 0; i < pairs / threads; i++) {
              roundTrip(i, fired);
            }
          } catch (Exception | AssertionError e) {
            trouble.set(e);
          }
        });
      }
    }
    assertEquals(null, trouble.get());
    assertEquals(pairs, fired.get());
    assertEquals(List.of(), List.copyOf(failures));
    assertEquals(before, openDescriptors());
    System.out.printf("10,000 registrations: %d ms%n", (System.nanoTime() - at) / 1_000_000);
  }

  private void roundTrip(int i, AtomicInteger fired) throws Exception {
    Pipe pipe = Pipe.create();
    var done = new CountDownLatch(1);
    Registration registration =
        waiter.onReadable(
            pipe.readEnd(),
            r -> {
              fired.incrementAndGet();
              if (i % 2 == 0) {
                r.closeThen(pipe::close);
              } else {
                take(pipe.readEnd());
              }
              done.countDown();
            });
    put(pipe.writeEnd(), 1);
    assertTrue(done.await(20, TimeUnit.SECONDS));
    var gone = new CountDownLatch(1);
    registration.closeThen(() -> {
      pipe.close();
      gone.countDown();
    });
    assertTrue(gone.await(20, TimeUnit.SECONDS));
  }

  @Test
  void closeWhileEventsArrive_handlerNeverSeesAClosedDescriptor() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      Pipe pipe = Pipe.create();
      Registration registration = waiter.onReadable(pipe.readEnd(), _ -> pipe.readEnd().number());
      put(pipe.writeEnd(), 1);
      registration.closeThen(pipe::close);
    }
    var drained = new CountDownLatch(1);
    waiter.execute(drained::countDown);
    assertTrue(drained.await(10, TimeUnit.SECONDS));
    assertEquals(List.of(), List.copyOf(failures));
  }
}
