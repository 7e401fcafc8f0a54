package org.jcontainerd.oci.image;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/** A list of manifests for several platforms (image-index.md; Docker manifest list). Immutable. */
public record Index(
    int schemaVersion,
    String mediaType,
    String artifactType,
    @Json(always = true) List<Descriptor> manifests,
    Optional<Descriptor> subject,
    Map<String, String> annotations) {
  public Index {
    manifests = List.copyOf(manifests);
    annotations = Map.copyOf(annotations);
  }

  /** An OCI index. */
  public static Index of(List<Descriptor> manifests) {
    return new Index(2, MediaType.OCI_INDEX, "", manifests, Optional.empty(), Map.of());
  }
}
