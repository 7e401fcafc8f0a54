package org.jcontainerd.oci.image;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/**
 * Names a content by type, digest and size (descriptor.md). Immutable.
 *
 * @param mediaType type of the content
 * @param digest its digest
 * @param size its size in bytes, never negative
 * @param urls other places where it may be found
 * @param annotations free metadata
 * @param data the content itself in base64, if it was small enough to be embedded; "" if not
 * @param artifactType type of the artifact that a manifest describes; "" if none
 * @param platform platform that an entry of an index is for
 */
public record Descriptor(
    @Json(always = true) String mediaType,
    Digest digest,
    @Json(always = true) long size,
    List<String> urls,
    Map<String, String> annotations,
    String data,
    String artifactType,
    Optional<Platform> platform) {
  public Descriptor {
    if (size < 0) {
      throw new IllegalArgumentException("descriptor '" + digest + "' has size " + size);
    }
    urls = List.copyOf(urls);
    annotations = Map.copyOf(annotations);
  }

  /** A descriptor that names a content and nothing more. */
  public static Descriptor of(String mediaType, Digest digest, long size) {
    return new Descriptor(mediaType, digest, size, List.of(), Map.of(), "", "", Optional.empty());
  }

  /** The descriptor of these bytes. */
  public static Descriptor of(String mediaType, byte[] content) {
    return of(mediaType, Digest.of(content), content.length);
  }

  /** The same content with other annotations. */
  public Descriptor withAnnotations(Map<String, String> others) {
    return new Descriptor(mediaType, digest, size, urls, others, data, artifactType, platform);
  }

  /** The same content for a platform. */
  public Descriptor withPlatform(Platform other) {
    return new Descriptor(
        mediaType, digest, size, urls, annotations, data, artifactType, Optional.of(other));
  }
}
