package org.jcontainerd.daemon.stats;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.Snapshotter;
import org.jcontainerd.snapshotter.Usage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What containers wrote. Counting walks a directory tree, so it is done in the background and at
 * most every few seconds per container; callers get the last count. Thread-safe.
 */
public final class WritableLayers {
  private static final Logger log = LoggerFactory.getLogger(WritableLayers.class);
  private static final Duration FRESH = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofMillis(100);

  /** A count, and when it was made. */
  public record Count(Usage usage, Instant at) {}

  private record Entry(Optional<Count> last, CompletableFuture<Optional<Count>> next) {}

  private final Snapshotter snapshotter;
  private final Clock clock;
  private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();

  public WritableLayers(Snapshotter snapshotter, Clock clock) {
    this.snapshotter = snapshotter;
    this.clock = clock;
  }

  /** The last count; empty if the first one takes long. */
  public Optional<Count> of(String containerId) {
    Entry entry = Objects.requireNonNull(entries.compute(containerId, this::refreshed));
    if (entry.last().isPresent()) {
      return entry.last();
    }
    try {
      return entry.next().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  void forget(String containerId) {
    entries.remove(containerId);
  }

  private Entry refreshed(String id, @org.jspecify.annotations.Nullable Entry old) {
    if (old == null) {
      return new Entry(Optional.empty(), count(id));
    }
    if (!old.next().isDone()) {
      return old;
    }
    Optional<Count> newest = old.next().getNow(Optional.empty());
    boolean fresh = newest.isPresent() && newest.get().at().plus(FRESH).isAfter(clock.instant());
    return new Entry(newest, fresh ? old.next() : count(id));
  }

  private CompletableFuture<Optional<Count>> count(String id) {
    var result = new CompletableFuture<Optional<Count>>();
    var _ =
        Thread.ofVirtual()
            .name("usage of " + id)
            .start(() -> {
              try {
                Usage usage = snapshotter.usage(new SnapshotKey(id));
                result.complete(Optional.of(new Count(usage, clock.instant())));
              } catch (SnapshotFailure e) {
                log.atDebug().setCause(e).addKeyValue("container", id).log("usage not counted");
                result.complete(Optional.empty());
              } catch (RuntimeException e) {
                result.completeExceptionally(e);
                throw e;
              }
            });
    return result;
  }
}
