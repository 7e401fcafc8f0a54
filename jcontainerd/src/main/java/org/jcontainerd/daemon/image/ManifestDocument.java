package org.jcontainerd.daemon.image;

import org.jcontainerd.daemon.registry.FetchedManifest;
import org.jcontainerd.oci.image.Index;
import org.jcontainerd.oci.image.Manifest;
import org.jcontainerd.oci.image.MediaType;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/**
 * What a registry's answer is: an index or a manifest, and never something that one reader takes as
 * the one and another as the other (GHSA-5j5w-g665-5m35, GHSA-mc8v-mgrf-8f4m).
 */
sealed interface ManifestDocument {
  record OfIndex(Index index, String mediaType) implements ManifestDocument {}

  record OfManifest(Manifest manifest, String mediaType) implements ManifestDocument {}

  /** Why a document is not taken. */
  final class Rejected extends Exception {
    private final boolean unsupported;

    Rejected(boolean unsupported, String message) {
      super(message);
      this.unsupported = unsupported;
    }

    /** True if it is a well-formed document that we do not take; false if it is malformed. */
    boolean isUnsupported() {
      return unsupported;
    }
  }

  static ManifestDocument parse(FetchedManifest fetched) throws Rejected {
    try {
      if (!(OciJson.readValue(fetched.content()) instanceof JsonValue.Fields fields)) {
        throw new Rejected(false, "manifest '" + fetched.digest() + "' is no JSON object");
      }
      var type = mediaType(fetched, fields);
      if (MediaType.isIndex(type)) {
        return new OfIndex(OciJson.read(fetched.content(), Index.class), type);
      }
      return new OfManifest(OciJson.read(fetched.content(), Manifest.class), type);
    } catch (JsonException e) {
      throw new Rejected(false, "manifest '" + fetched.digest() + "': " + e.getMessage());
    }
  }

  private static String mediaType(FetchedManifest fetched, JsonValue.Fields fields)
      throws Rejected {
    var where = "manifest '" + fetched.digest() + "'";
    if (isSchema1(fetched.mediaType(), fields)) {
      throw new Rejected(
          true, where + " is of Docker's schema 1, which is not supported; push the image again");
    }
    boolean asIndex = fields.get("manifests").isPresent();
    boolean asManifest =
        fields.get("layers").isPresent()
            || fields.get("config").isPresent()
            || fields.get("fsLayers").isPresent();
    if (asIndex && asManifest) {
      throw new Rejected(false, where + " has the fields of an index and of a manifest");
    }
    var said = fields.get("mediaType").map(ManifestDocument::text).orElse("");
    var header = isKnown(fetched.mediaType()) ? fetched.mediaType() : "";
    if (!said.isEmpty() && !header.isEmpty() && !said.equals(header)) {
      throw new Rejected(
          false, where + " came as '" + header + "' and says that it is '" + said + "'");
    }
    var fallback = asIndex ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST;
    var type = !said.isEmpty() ? said : !header.isEmpty() ? header : fallback;
    if (!isKnown(type)) {
      throw new Rejected(true, where + " has the unknown type '" + type + "'");
    }
    if (MediaType.isIndex(type) != asIndex) {
      throw new Rejected(false, where + " is no '" + type + "', as it says");
    }
    return type;
  }

  private static boolean isSchema1(String header, JsonValue.Fields fields) {
    return header.startsWith(MediaType.DOCKER_SCHEMA1)
        || header.equals(MediaType.DOCKER_SCHEMA1_SIGNED)
        || fields.get("schemaVersion").filter(ManifestDocument::isOne).isPresent();
  }

  private static boolean isOne(JsonValue value) {
    return value instanceof JsonValue.Numeric(var number)
        && number.compareTo(java.math.BigDecimal.ONE) == 0;
  }

  private static boolean isKnown(String type) {
    return MediaType.isIndex(type) || MediaType.isManifest(type);
  }

  private static String text(JsonValue value) {
    return value instanceof JsonValue.Text(var text) ? text : "";
  }
}
