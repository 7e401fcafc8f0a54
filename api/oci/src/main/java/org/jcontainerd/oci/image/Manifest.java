package org.jcontainerd.oci.image;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;

/** An image manifest (manifest.md; Docker image manifest v2 schema 2). Immutable. */
public record Manifest(
    int schemaVersion,
    String mediaType,
    String artifactType,
    @Json(always = true) Descriptor config,
    @Json(always = true) List<Descriptor> layers,
    Optional<Descriptor> subject,
    Map<String, String> annotations) {
  public Manifest {
    layers = List.copyOf(layers);
    annotations = Map.copyOf(annotations);
  }

  /** An OCI manifest. */
  public static Manifest of(Descriptor config, List<Descriptor> layers) {
    return new Manifest(2, MediaType.OCI_MANIFEST, "", config, layers, Optional.empty(), Map.of());
  }
}
