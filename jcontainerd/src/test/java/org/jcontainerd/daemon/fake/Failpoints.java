package org.jcontainerd.daemon.fake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the fakes were asked to do, in order, and which of it shall fail. Thread-safe. */
public final class Failpoints {
  private final List<String> calls = new ArrayList<>();
  private final Set<String> failing = new HashSet<>();

  /** Notes a call; fails if it is to fail. */
  public synchronized void at(String point) throws IOException {
    calls.add(point);
    if (failing.contains(point)) {
      throw new IOException("failpoint '" + point + "'");
    }
  }

  public synchronized void fail(String... points) {
    failing.addAll(List.of(points));
  }

  public synchronized void clear() {
    failing.clear();
    calls.clear();
  }

  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  public synchronized long count(String point) {
    return calls.stream().filter(point::equals).count();
  }
}
