package org.jcontainerd.daemon.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class KeyedLocksTest {
  @Test
  void with_sameKey_oneAtATime_andNothingIsLeft() throws Exception {
    var locks = new KeyedLocks<String>();
    var counter = new int[1];
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int n = 0; n < 1000; n++) {
                    locks.run("k", () -> counter[0]++);
                  }
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              }));
    }
    for (Thread each : threads) {
      each.join();
    }
    assertEquals(8000, counter[0]);
    assertEquals(0, locks.size());
  }

  @Test
  void acquire_interruptedWhileItWaits_leavesTheLockToItsHolder() throws Exception {
    var locks = new KeyedLocks<String>();
    var interrupted = new CountDownLatch(1);
    try (var _ = locks.acquire("k")) {
      Thread waiting =
          Thread.ofVirtual()
              .start(() -> {
                try (var _ = locks.acquire("k")) {
                  throw new AssertionError("two hold the lock");
                } catch (InterruptedException e) {
                  interrupted.countDown();
                }
              });
      waiting.interrupt();
      interrupted.await();
      assertEquals(1, locks.size());
      try (var _ = locks.acquire("other")) {
        assertEquals(2, locks.size());
      }
    }
    assertEquals(0, locks.size());
  }
}
