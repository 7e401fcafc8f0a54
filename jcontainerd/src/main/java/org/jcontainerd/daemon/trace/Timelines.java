package org.jcontainerd.daemon.trace;

import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The timelines of living pods and containers, by id. Thread-safe. */
public final class Timelines {
  private final ConcurrentHashMap<String, Timeline> byId = new ConcurrentHashMap<>();

  /** A timeline that begins now, in place of an earlier one with the same id. */
  public Timeline begin(String id) {
    var timeline = new Timeline(id);
    byId.put(id, timeline);
    return timeline;
  }

  /** The timeline of {@code id}, begun now if there is none. */
  public Timeline of(String id) {
    return byId.computeIfAbsent(id, Timeline::new);
  }

  public void forget(String id) {
    byId.remove(id);
  }

  /** The steps as a JSON array of {@code {"step","start_us","us","failed"}}. */
  public String json(String id) {
    Timeline timeline = byId.get(id);
    if (timeline == null) {
      return "[]";
    }
    // step names are our own constants: nothing in them needs quoting
    return timeline.steps().stream()
        .map(s ->
            "{\"step\":\"%s\",\"start_us\":%d,\"us\":%d,\"failed\":%b}"
                .formatted(s.name(), s.startMicros(), s.micros(), s.failed()))
        .collect(Collectors.joining(",", "[", "]"));
  }
}
