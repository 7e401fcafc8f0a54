package org.jcontainerd.daemon.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.oci.image.Digest;

/**
 * How far a pull is. Thread-safe: the pull writes, anyone reads, no one waits.
 *
 * <p>A caller that joins a running pull of the same image sees that pull's progress through its own
 * object.
 */
public final class PullProgress {
  private final AtomicReference<Map<Digest, LayerCounter>> layers = new AtomicReference<>(Map.of());
  private volatile PullProgress followed = this;

  /** What happens to a layer. */
  public enum State {
    WAITING,
    DOWNLOADING,
    /** All bytes are here and unpacked; waits for the layers below it. */
    UNPACKED,
    DONE,
    /** Was here before. */
    EXISTS
  }

  /**
   * One layer now.
   *
   * @param totalBytes compressed size
   * @param doneBytes compressed bytes that were fetched (or read again from disk) and unpacked
   * @param unpackedBytes uncompressed bytes
   */
  public record Layer(
      Digest digest, State state, long totalBytes, long doneBytes, long unpackedBytes) {}

  /** Every layer now, lowest first; empty until the manifest is known. */
  public List<Layer> layers() {
    var seen = new ArrayList<Layer>();
    followed.layers.get().forEach((digest, counter) -> seen.add(counter.now(digest)));
    return List.copyOf(seen);
  }

  /** Compressed bytes of all layers that are here. */
  public long doneBytes() {
    return layers().stream().mapToLong(Layer::doneBytes).sum();
  }

  /** Compressed bytes of all layers; 0 until the manifest is known. */
  public long totalBytes() {
    return layers().stream().mapToLong(Layer::totalBytes).sum();
  }

  void follow(PullProgress other) {
    followed = other;
  }

  void expect(List<Descriptor> descriptors) {
    var counters = new LinkedHashMap<Digest, LayerCounter>();
    descriptors.forEach(d -> counters.putIfAbsent(d.digest(), new LayerCounter(d.size())));
    layers.set(counters);
  }

  LayerCounter layer(Digest digest) {
    var counter = layers.get().get(digest);
    return counter == null ? new LayerCounter(0) : counter;
  }

  /** Counts one layer. */
  static final class LayerCounter {
    private final long totalBytes;
    private final AtomicLong doneBytes = new AtomicLong();
    private final AtomicLong unpackedBytes = new AtomicLong();
    private volatile State state = State.WAITING;

    LayerCounter(long totalBytes) {
      this.totalBytes = totalBytes;
    }

    void done(long bytes) {
      long _ = doneBytes.addAndGet(bytes);
    }

    void unpacked(long bytes) {
      long _ = unpackedBytes.addAndGet(bytes);
    }

    /** The layer is started again from its first byte. */
    void restart() {
      doneBytes.set(0);
      unpackedBytes.set(0);
    }

    void is(State next) {
      state = next;
      if (next == State.EXISTS) {
        doneBytes.set(totalBytes);
      }
    }

    Layer now(Digest digest) {
      return new Layer(digest, state, totalBytes, doneBytes.get(), unpackedBytes.get());
    }
  }
}
