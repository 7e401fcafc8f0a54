package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.operation.ContainerUse;
import org.jcontainerd.jrunc.operation.RuntimeContext;
import org.jcontainerd.jrunc.stats.CgroupDirectories;
import org.jcontainerd.jrunc.stats.ContainerStats;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.cgroup.OomEvents;
import org.jspecify.annotations.Nullable;

/** {@code jrunc events}: one line of JSON per event. */
final class EventsCommand implements Command {
  /** What the thread that listens to the kernel has heard. */
  private enum Heard {
    OOM,
    END
  }

  @Override
  public String name() {
    return "events";
  }

  @Override
  public String usage() {
    return "[--interval TIME] [--stats] CONTAINER: print what a container uses, and when it ran out"
        + " of memory";
  }

  @Override
  public String description() {
    return """
    Prints an event as a line of JSON: "stats" at the interval, "oom" each time the container \
    ran out of memory. It ends when the container's cgroup is gone or, on cgroup v2, empty.
    """;
  }

  @Override
  public Flags flags() {
    return new Flags()
        .option("interval", "TIME", "time between statistics, as 5s, 1m30s or 500ms (default: 5s)")
        .toggle("stats", "print the statistics once");
  }

  @Override
  public int run(Invocation invocation) throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    String id = arguments.id(name());
    Duration interval = GoDuration.parse("interval", arguments.value("interval").orElse("5s"));
    if (!interval.isPositive()) {
      throw new UsageException("duration interval must be greater than 0");
    }
    CgroupDirectories cgroup;
    try (RuntimeContext context = RuntimeContext.open(invocation.options())) {
      cgroup = new ContainerUse(context, id).ofRunning();
    }
    if (arguments.has("stats")) {
      print(id, "stats", Optional.of(ContainerStats.read(cgroup)));
      return 0;
    }
    try (OomEvents events = listen(cgroup)) {
      follow(id, cgroup, interval, events, invocation.log());
    }
    return 0;
  }

  private static OomEvents listen(CgroupDirectories cgroup) throws IOException, RuncFailure {
    Optional<Path> legacy = cgroup.legacy("memory");
    if (legacy.isPresent()) {
      return OomEvents.legacy(legacy.get());
    }
    return OomEvents.unified(
        cgroup
            .unified("memory")
            .orElseThrow(() -> new RuncFailure.Failed("events: memory controller missing")));
  }

  private static void follow(
      String id, CgroupDirectories cgroup, Duration interval, OomEvents events, RuncLog log)
      throws IOException {
    var heard = new LinkedBlockingQueue<Heard>();
    var _ =
        Thread.ofPlatform()
            .daemon(true)
            .name("out of memory of " + id)
            .start(() -> hear(events, heard, log));
    long next = System.nanoTime() + interval.toNanos();
    while (true) {
      @Nullable Heard one;
      try {
        one = heard.poll(next - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("wait for events: interrupted", e);
      }
      if (one == Heard.END) {
        return;
      }
      if (one == Heard.OOM) {
        print(id, "oom", Optional.empty());
        continue;
      }
      next += interval.toNanos();
      try {
        print(id, "stats", Optional.of(ContainerStats.read(cgroup)));
      } catch (LinuxException e) {
        log.warning("events: " + e.getMessage()); // the cgroup is on its way out
      }
    }
  }

  private static void hear(OomEvents events, BlockingQueue<Heard> heard, RuncLog log) {
    try {
      while (events.await()) {
        heard.add(Heard.OOM);
      }
    } catch (IOException e) {
      log.warning("events: " + e.getMessage());
    } finally {
      heard.add(Heard.END);
    }
  }

  private static void print(String id, String type, Optional<Map<String, Object>> data)
      throws IOException {
    var event = new LinkedHashMap<String, Object>();
    event.put("type", type);
    event.put("id", id);
    data.ifPresent(stats -> event.put("data", stats));
    Output.line(event);
  }
}
