package org.jcontainerd.daemon.image;

import java.util.List;
import java.util.Map;
import org.jcontainerd.oci.image.ChainId;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.oci.image.ImageConfig;
import org.jcontainerd.oci.image.Manifest;

/**
 * Everything that describes an image for this machine; its layers may not be here yet. Immutable.
 *
 * @param target what the name points to: the digest of the index, or of the manifest
 * @param manifest the chosen one
 * @param manifestDescriptor names it
 * @param documents index and manifest by digest, as they came
 * @param layers in the order of the manifest, lowest first
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ResolvedImage(
    Digest target,
    Manifest manifest,
    Descriptor manifestDescriptor,
    Map<Digest, byte[]> documents,
    ImageConfig config,
    byte[] configBytes,
    List<LayerPlan> layers) {
  ResolvedImage {
    layers = List.copyOf(layers);
  }

  /** One layer: the blob, what it must unpack to, and the stack that it tops. */
  record LayerPlan(Descriptor blob, Digest diffId, ChainId chainId) {}

  ImageId id() {
    return new ImageId(manifest.config().digest());
  }

  /** Compressed size of layers, configuration and manifest. */
  long size() {
    long layersSize = layers.stream().mapToLong(layer -> layer.blob().size()).sum();
    return layersSize + configBytes.length + manifestDescriptor.size();
  }
}
