package org.jcontainerd.daemon.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class InFlightTest {
  private final InFlight<String, Integer> calls = new InFlight<>();
  private final AtomicInteger runs = new AtomicInteger();

  @Test
  void run_sameRequest_joins() throws Exception {
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var first =
        CompletableFuture.supplyAsync(() ->
            call(
                "same",
                () -> {
                  entered.countDown();
                  leave.await();
                  return runs.incrementAndGet();
                }));
    entered.await();
    var second = CompletableFuture.supplyAsync(() -> call("same", runs::incrementAndGet));
    var conflict =
        assertThrows(IllegalStateException.class, () -> call("other", runs::incrementAndGet));
    assertEquals("conflict", conflict.getCause().getMessage());
    leave.countDown();
    assertEquals(1, first.get());
    // a late second call runs by itself; a joined one got the first's result
    int got = second.get();
    assertEquals(runs.get(), got);
  }

  @Test
  void run_failed_isForgotten() {
    assertThrows(
        IllegalStateException.class,
        () ->
            call(
                "x",
                () -> {
                  throw new IOException("no");
                }));
    assertEquals(1, call("x", runs::incrementAndGet));
  }

  private int call(String request, java.util.concurrent.Callable<Integer> work) {
    try {
      return calls.run("name", request, work, () -> new IOException("conflict"));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
