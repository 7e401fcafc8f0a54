package org.jcontainerd.daemon.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jcontainerd.daemon.image.ResolvedImage.LayerPlan;
import org.jcontainerd.daemon.registry.FetchedManifest;
import org.jcontainerd.daemon.registry.RegistryFailure;
import org.jcontainerd.daemon.registry.RegistrySession;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.oci.image.ChainId;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.oci.image.ImageConfig;
import org.jcontainerd.oci.image.Manifest;
import org.jcontainerd.oci.image.MediaType;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;

/** Finds out what an image name means: reads index, manifest and configuration. One use each. */
final class ResolveImage {
  private static final int NESTED_INDEXES = 4;
  private static final int MAX_LAYERS = 500; // overlayfs, OVL_MAX_STACK
  private static final int CONFIG_LIMIT = 8 << 20;

  private final RegistrySession registry;
  private final PlatformMatch platform;
  private final ImageName name;
  private final Map<Digest, byte[]> documents = new LinkedHashMap<>();

  ResolveImage(RegistrySession registry, PlatformMatch platform, ImageName name) {
    this.registry = registry;
    this.platform = platform;
    this.name = name;
  }

  ResolvedImage run() throws ImageFailure, InterruptedException {
    try {
      var first = fetch(name.reference());
      return resolve(first.digest(), first, 0);
    } catch (RegistryFailure e) {
      throw PullFailures.of(name, e);
    } catch (ManifestDocument.Rejected e) {
      throw e.isUnsupported()
          ? new ImageFailure.Unsupported("pull", name.toString(), String.valueOf(e.getMessage()))
          : new ImageFailure.CorruptImage("pull", name.toString(), String.valueOf(e.getMessage()));
    }
  }

  private FetchedManifest fetch(String reference) throws RegistryFailure, InterruptedException {
    var fetched = registry.manifest(reference);
    documents.put(fetched.digest(), fetched.content());
    return fetched;
  }

  private ResolvedImage resolve(Digest target, FetchedManifest fetched, int depth)
      throws ImageFailure, RegistryFailure, ManifestDocument.Rejected, InterruptedException {
    return switch (ManifestDocument.parse(fetched)) {
      case ManifestDocument.OfIndex(var index, var _) -> {
        var chosen = platform.choose(index.manifests());
        if (chosen.isEmpty() || depth == NESTED_INDEXES) {
          var offered =
              index.manifests().stream()
                  .map(entry -> entry.platform().map(Object::toString).orElse("any"))
                  .distinct()
                  .toList();
          throw new ManifestDocument.Rejected(true, "no image for this platform, only " + offered);
        }
        var child = fetch(chosen.get().digest().toString());
        requireSize(chosen.get(), child.content().length);
        yield resolve(target, child, depth + 1);
      }
      case ManifestDocument.OfManifest(var manifest, var type) ->
          describe(
              target, manifest, Descriptor.of(type, fetched.digest(), fetched.content().length));
    };
  }

  private void requireSize(Descriptor announced, int size) throws ImageFailure {
    if (announced.size() != size) {
      throw new ImageFailure.DigestMismatch(
          "pull",
          name.toString(),
          "'%s' has %d bytes, expected %d".formatted(announced.digest(), size, announced.size()));
    }
  }

  private ResolvedImage describe(Digest target, Manifest manifest, Descriptor descriptor)
      throws ImageFailure, RegistryFailure, ManifestDocument.Rejected, InterruptedException {
    var type = manifest.config().mediaType();
    if (!type.equals(MediaType.OCI_CONFIG) && !type.equals(MediaType.DOCKER_CONFIG)) {
      throw new ManifestDocument.Rejected(
          true, "is an artifact of type '" + type + "', no image that can run");
    }
    if (manifest.config().size() > CONFIG_LIMIT || manifest.layers().size() > MAX_LAYERS) {
      throw new ManifestDocument.Rejected(
          false,
          "has a configuration of %d bytes and %d layers"
              .formatted(manifest.config().size(), manifest.layers().size()));
    }
    var bytes = config(manifest.config());
    ImageConfig config;
    try {
      config = OciJson.read(bytes, ImageConfig.class);
    } catch (JsonException e) {
      throw new ManifestDocument.Rejected(false, "configuration: " + e.getMessage());
    }
    if (!platform.accepts(config.platform())) {
      throw new ManifestDocument.Rejected(
          true, "is for " + config.platform() + ", which this machine cannot run");
    }
    return new ResolvedImage(
        target, manifest, descriptor, documents, config, bytes, plan(manifest, config));
  }

  private byte[] config(Descriptor config)
      throws ImageFailure, RegistryFailure, InterruptedException {
    byte[] bytes;
    try (var body = registry.blob(config, 0)) {
      var all = new java.io.ByteArrayOutputStream();
      for (var chunk = body.next(); chunk.hasRemaining(); chunk = body.next()) {
        all.write(chunk.array(), chunk.arrayOffset() + chunk.position(), chunk.remaining());
        if (all.size() > config.size()) {
          break;
        }
      }
      bytes = all.toByteArray();
    } catch (IOException e) {
      throw PullFailures.transport(name, e);
    }
    requireSize(config, bytes.length);
    var hasher = config.digest().hasher();
    hasher.update(bytes);
    var actual = config.digest().finish(hasher);
    if (!actual.equals(config.digest())) {
      throw new ImageFailure.DigestMismatch(
          "pull",
          name.toString(),
          "configuration has digest '" + actual + "', expected '" + config.digest() + "'");
    }
    return bytes;
  }

  private static List<LayerPlan> plan(Manifest manifest, ImageConfig config)
      throws ManifestDocument.Rejected {
    var diffIds = config.rootfs().diffIds();
    if (diffIds.size() != manifest.layers().size() || diffIds.isEmpty()) {
      throw new ManifestDocument.Rejected(
          false,
          "manifest has %d layers, configuration has %d"
              .formatted(manifest.layers().size(), diffIds.size()));
    }
    var chain = ChainId.chain(diffIds);
    var plans = new ArrayList<LayerPlan>();
    for (int i = 0; i < diffIds.size(); i++) {
      var blob = manifest.layers().get(i);
      if (!MediaType.isLayer(blob.mediaType())) {
        throw new ManifestDocument.Rejected(
            true, "layer '" + blob.digest() + "' has the unknown type '" + blob.mediaType() + "'");
      }
      plans.add(new LayerPlan(blob, diffIds.get(i), chain.get(i)));
    }
    return plans;
  }
}
