package org.jcontainerd.jshim.service;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jcontainerd.jshim.stdio.IoLoop;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.loop.FailureSink;

/** The I/O loops; tasks are dealt to them in turn. Thread-safe. */
public final class Loops implements AutoCloseable {
  private final List<IoLoop> loops;
  private final AtomicInteger next = new AtomicInteger();

  private Loops(List<IoLoop> loops) {
    this.loops = List.copyOf(loops);
  }

  public static Loops start(int count, FailureSink failures) throws LinuxException {
    var loops = new ArrayList<IoLoop>();
    for (int i = 0; i < count; i++) {
      loops.add(IoLoop.start("io-" + i, failures));
    }
    return new Loops(loops);
  }

  public IoLoop next() {
    return loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
  }

  /** The loop of the stream socket. */
  public IoLoop first() {
    return loops.getFirst();
  }

  @Override
  public void close() {
    loops.forEach(IoLoop::close);
  }
}
