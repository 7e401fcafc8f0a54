package org.jcontainerd.daemon.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class FanoutTest {
  @Test
  void join_partsRunSideBySide() throws Exception {
    var met = new CountDownLatch(2);
    var fanout = new Fanout("test");
    var a = fanout.fork("a", () -> meet(met));
    var b = fanout.fork("b", () -> meet(met));
    fanout.join();
    assertTrue(a.get() && b.get());
  }

  @Test
  void join_oneFails_waitsForTheOtherAndThrows() {
    var otherDone = new AtomicBoolean();
    var failed = new CountDownLatch(1);
    var fanout = new Fanout("test");
    var _ =
        fanout.fork(
            "bad",
            () -> {
              failed.countDown();
              throw new IOException("no");
            });
    var _ =
        fanout.fork(
            "good",
            () -> {
              assertTrue(failed.await(10, TimeUnit.SECONDS));
              otherDone.set(true);
              return 1;
            });
    assertEquals("no", assertThrows(IOException.class, fanout::join).getMessage());
    assertTrue(otherDone.get());
  }

  private static boolean meet(CountDownLatch met) throws InterruptedException {
    met.countDown();
    return met.await(10, TimeUnit.SECONDS);
  }
}
