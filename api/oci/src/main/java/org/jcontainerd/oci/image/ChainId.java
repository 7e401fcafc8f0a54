package org.jcontainerd.oci.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Names a stack of layers by their uncompressed digests (config.md, "Layer ChainID"). Immutable.
 *
 * @param digest of the stack; of the layer itself if it is the lowest
 */
public record ChainId(Digest digest) {
  /** The stack that has the layer {@code diffId} on top of {@code parent}. */
  public static ChainId of(Optional<ChainId> parent, Digest diffId) {
    return parent
        .map(below -> {
          var text = below.digest + " " + diffId;
          return new ChainId(Digest.of(text.getBytes(StandardCharsets.UTF_8)));
        })
        .orElseGet(() -> new ChainId(diffId));
  }

  /** The stacks that end with each of these layers, lowest first. */
  public static List<ChainId> chain(List<Digest> diffIds) {
    var chain = new ArrayList<ChainId>(diffIds.size());
    Optional<ChainId> below = Optional.empty();
    for (var diffId : diffIds) {
      var id = of(below, diffId);
      chain.add(id);
      below = Optional.of(id);
    }
    return List.copyOf(chain);
  }

  @Override
  public String toString() {
    return digest.toString();
  }
}
