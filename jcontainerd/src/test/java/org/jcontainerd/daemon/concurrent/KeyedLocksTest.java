package org.jcontainerd.daemon.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

final class KeyedLocksTest {
  @Test
  void with_sameKey_oneAtATime_andNothingIsLeft() throws Exception {
    var locks = new KeyedLocks();
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
}
