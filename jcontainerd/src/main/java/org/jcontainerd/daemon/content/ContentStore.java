package org.jcontainerd.daemon.content;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.oci.image.ImageLayout;
import org.jcontainerd.oci.image.Index;
import org.jcontainerd.oci.json.OciJson;

/**
 * Blobs by digest, in a directory that is an OCI image layout (image-layout.md), so that other
 * tools can read it. Thread-safe.
 *
 * <pre>
 *   oci-layout, index.json       the images by name
 *   blobs/sha256/(hex)           complete and verified, never changed
 *   ingest/(algorithm)-(hex)     blobs that are arriving; kept for a resume
 * </pre>
 *
 * <p>A file below {@code blobs} has the content of its name: it is renamed there after its digest
 * was checked. It is not synced to the disk one by one; see {@code daemon.image} for what happens
 * after a power loss.
 */
public final class ContentStore {
  private final Path root;
  private final Path blobs;
  private final Path ingest;

  private ContentStore(Path root) {
    this.root = root;
    this.blobs = root.resolve("blobs");
    this.ingest = root.resolve("ingest");
  }

  /** Opens the store; makes what is missing of it. */
  public static ContentStore open(Path root) throws IOException {
    var store = new ContentStore(root);
    var onlyOwner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    var _ = Files.createDirectories(root, onlyOwner);
    var _ = Files.createDirectories(store.blobs.resolve("sha256"));
    var _ = Files.createDirectories(store.blobs.resolve("sha512"));
    var _ = Files.createDirectories(store.ingest);
    store.replace("oci-layout", OciJson.write(ImageLayout.V1));
    if (Files.notExists(root.resolve("index.json"))) {
      store.writeIndex(List.of());
    }
    return store;
  }

  public Path root() {
    return root;
  }

  /** Where the blob is or would be. */
  public Path path(Digest digest) {
    return blobs.resolve(digest.algorithm()).resolve(digest.hex());
  }

  /** The size of a blob in bytes; empty if it is not here. */
  public Optional<Long> size(Digest digest) throws IOException {
    try {
      return Optional.of(Files.size(path(digest)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Whether the blob is here with the size that the descriptor says. */
  public boolean has(Descriptor descriptor) throws IOException {
    return size(descriptor.digest()).equals(Optional.of(descriptor.size()));
  }

  /** A blob opened for reading; the caller closes it. */
  public FileChannel openForRead(Digest digest) throws IOException, ContentFailure {
    try {
      return FileChannel.open(path(digest), StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new ContentFailure.NotFound("read", digest);
    }
  }

  /**
   * A whole blob.
   *
   * @param limit the most bytes that the caller accepts
   */
  public byte[] read(Digest digest, int limit) throws IOException, ContentFailure {
    try (var channel = openForRead(digest);
        var stream = java.nio.channels.Channels.newInputStream(channel)) {
      if (channel.size() > limit) {
        throw new ContentFailure.TooLarge(
            "read", digest, "has " + channel.size() + " bytes, limit is " + limit);
      }
      return stream.readAllBytes();
    }
  }

  /**
   * Keeps a small blob.
   *
   * @throws ContentFailure.Mismatch if the bytes do not have that digest
   */
  public void write(Digest digest, byte[] content) throws IOException, ContentFailure {
    try (var arriving = ingest(digest)) {
      arriving.restart();
      arriving.write(java.nio.ByteBuffer.wrap(content));
      arriving.commit(digest.finish(hash(digest, content)), content.length);
    }
  }

  private static java.security.MessageDigest hash(Digest digest, byte[] content) {
    var hasher = digest.hasher();
    hasher.update(content);
    return hasher;
  }

  /**
   * Starts or goes on with a blob that arrives. One at a time for a digest: the caller sees to
   * that.
   */
  public Ingest ingest(Digest digest) throws IOException {
    var partial = ingest.resolve(digest.algorithm() + "-" + digest.hex());
    var channel =
        FileChannel.open(
            partial, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new Ingest(digest, partial, path(digest), channel);
  }

  /** Removes a blob, and what arrived of it; nothing happens if there is none. */
  public void delete(Digest digest) throws IOException {
    boolean _ = Files.deleteIfExists(path(digest));
    boolean _ = Files.deleteIfExists(ingest.resolve(digest.algorithm() + "-" + digest.hex()));
  }

  /** Every complete blob. */
  public List<Digest> list() throws IOException {
    var found = new ArrayList<Digest>();
    for (var algorithm : List.of("sha256", "sha512")) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(blobs.resolve(algorithm))) {
        for (var file : files) {
          found.add(new Digest(algorithm, String.valueOf(file.getFileName())));
        }
      }
    }
    return List.copyOf(found);
  }

  /** Removes what arrived of blobs and was not finished. */
  public void deletePartial() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(ingest)) {
      for (var file : files) {
        boolean _ = Files.deleteIfExists(file);
      }
    }
  }

  /** Replaces the list of images that other tools see. */
  public void writeIndex(List<Descriptor> manifests) throws IOException {
    replace("index.json", OciJson.write(Index.of(manifests)));
  }

  private void replace(String name, byte[] content) throws IOException {
    var temporary = root.resolve("." + name + ".new");
    Path _ = Files.write(temporary, content);
    Path _ =
        Files.move(
            temporary,
            root.resolve(name),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
  }
}
