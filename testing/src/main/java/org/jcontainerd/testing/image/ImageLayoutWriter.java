package org.jcontainerd.testing.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jcontainerd.oci.image.Annotation;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.oci.image.ImageConfig;
import org.jcontainerd.oci.image.ImageLayout;
import org.jcontainerd.oci.image.Index;
import org.jcontainerd.oci.image.Manifest;
import org.jcontainerd.oci.image.MediaType;
import org.jcontainerd.oci.image.Platform;
import org.jcontainerd.oci.json.OciJson;

/**
 * Writes images into an OCI layout on disk. Confined to one thread, except {@link #layer}, which
 * several threads may call.
 */
public final class ImageLayoutWriter {
  private final Path root;
  private final List<Descriptor> named = new ArrayList<>();

  public ImageLayoutWriter(Path root) throws IOException {
    this.root = root;
    var _ = Files.createDirectories(root.resolve("blobs/sha256"));
    Path _ = Files.write(root.resolve("oci-layout"), OciJson.write(ImageLayout.V1));
  }

  /** A layer in the layout. */
  public record Layer(Descriptor blob, Digest diffId) {}

  /** Compresses and keeps a layer. */
  public Layer layer(TarBuilder.Content content) throws IOException {
    var temporary = Files.createTempFile(root, "layer", ".new");
    MessageDigest uncompressed;
    MessageDigest compressed;
    try (var file = new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16);
        var outer = new DigestOutputStream(file, Digest.of(new byte[0]).hasher());
        var gzip = new FixedGzip(outer);
        var inner = new DigestOutputStream(gzip, Digest.of(new byte[0]).hasher());
        var buffered = new BufferedOutputStream(inner, 1 << 16);
        var tar = new TarBuilder(buffered)) {
      content.write(tar);
      uncompressed = inner.getMessageDigest();
      compressed = outer.getMessageDigest();
    }
    var digest = Digest.sha256(compressed.digest());
    long size = Files.size(temporary);
    Path _ = Files.move(temporary, blob(digest), StandardCopyOption.REPLACE_EXISTING);
    return new Layer(
        Descriptor.of(MediaType.OCI_LAYER_GZIP, digest, size),
        Digest.sha256(uncompressed.digest()));
  }

  /** GZIPOutputStream writes no time stamp, so the same content gives the same bytes. */
  private static final class FixedGzip extends GZIPOutputStream {
    FixedGzip(OutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(Deflater.DEFAULT_COMPRESSION);
    }
  }

  /** Keeps configuration and manifest of an image of these layers, lowest first. */
  public Descriptor image(ImageConfig.Execution execution, List<Layer> layers) throws IOException {
    var platform = Platform.host();
    var config =
        new ImageConfig(
            "2026-01-01T00:00:00Z",
            "",
            platform.architecture(),
            platform.variant(),
            platform.os(),
            "",
            List.of(),
            java.util.Optional.of(execution),
            new ImageConfig.RootFs("layers", layers.stream().map(Layer::diffId).toList()),
            List.of());
    var configBlob = content(MediaType.OCI_CONFIG, OciJson.write(config));
    var manifest = Manifest.of(configBlob, layers.stream().map(Layer::blob).toList());
    return content(MediaType.OCI_MANIFEST, OciJson.write(manifest)).withPlatform(platform);
  }

  /** Keeps a small blob. */
  public Descriptor content(String mediaType, byte[] bytes) throws IOException {
    var descriptor = Descriptor.of(mediaType, bytes);
    Path _ = Files.write(blob(descriptor.digest()), bytes);
    return descriptor;
  }

  /** Gives an image a name in the layout. */
  public void name(String name, Descriptor manifest) throws IOException {
    named.add(manifest.withAnnotations(Map.of(Annotation.REF_NAME, name)));
    Path _ = Files.write(root.resolve("index.json"), OciJson.write(Index.of(named)));
  }

  private Path blob(Digest digest) {
    return root.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
  }
}
