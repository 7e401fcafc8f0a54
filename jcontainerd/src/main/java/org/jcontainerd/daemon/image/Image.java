package org.jcontainerd.daemon.image;

import java.util.List;
import org.jcontainerd.oci.image.ChainId;
import org.jcontainerd.oci.image.ImageConfig;
import org.jcontainerd.snapshotter.SnapshotKey;

/**
 * An image that is here and can be run. Immutable.
 *
 * @param repoTags whole references with a tag, sorted
 * @param repoDigests whole references with the digest of what the name pointed to, sorted
 * @param sizeBytes space of its layers and its description: compressed, as registries count it
 * @param config as its maker wrote it: none of it is to be trusted
 * @param chainId its topmost layer
 * @param pinned advice to kubelet's collector not to remove it
 */
public record Image(
    ImageId id,
    List<String> repoTags,
    List<String> repoDigests,
    long sizeBytes,
    ImageConfig config,
    ChainId chainId,
    boolean pinned) {
  public Image {
    repoTags = List.copyOf(repoTags);
    repoDigests = List.copyOf(repoDigests);
  }

  /** The snapshot that containers of this image are prepared from. */
  public SnapshotKey snapshot() {
    return new SnapshotKey(chainId.toString());
  }
}
