package org.jcontainerd.daemon.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jcontainerd.daemon.content.ContentStore;
import org.jcontainerd.daemon.metadata.Database;
import org.jcontainerd.daemon.registry.HttpTransport;
import org.jcontainerd.daemon.registry.RegistryClient;
import org.jcontainerd.daemon.registry.RegistryHosts;
import org.jcontainerd.daemon.snapshot.SqliteSnapshotStore;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKind;
import org.jcontainerd.snapshotter.overlayfs.OverlayfsSnapshotter;

/** Everything that images need, in one directory of a test. */
final class ImageWorld implements AutoCloseable {
  private final Path root;
  private final Database database;
  private final RegistryClient registry;
  final ContentStore content;
  final OverlayfsSnapshotter snapshotter;
  final LocalImages images;

  ImageWorld(Path root, Duration stall) throws IOException {
    this.root = root;
    this.database =
        Database.open(
            root.resolve("meta.db"),
            Stream.concat(SqliteSnapshotStore.MIGRATIONS.stream(), LocalImages.MIGRATIONS.stream())
                .toList());
    this.content = ContentStore.open(root.resolve("content"));
    this.snapshotter =
        OverlayfsSnapshotter.open(
            root.resolve("overlayfs"), new SqliteSnapshotStore(database, "overlayfs"));
    this.registry =
        new RegistryClient(new HttpTransport(stall), RegistryHosts.in(root.resolve("certs.d")));
    this.images = new LocalImages(database, content, snapshotter, registry, 8);
  }

  ImageWorld(Path root) throws IOException {
    this(root, Duration.ofSeconds(20));
  }

  Image pull(String name) throws ImageFailure, InterruptedException {
    return images.pull(ImageName.parse(name), Optional.empty(), new PullProgress());
  }

  /** Directories of snapshots, also those without a record. */
  List<String> directories() throws IOException {
    try (var files = Files.list(root.resolve("overlayfs/snapshots"))) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  Path hostsFile(String registry) throws IOException {
    return Files.createDirectories(root.resolve("certs.d").resolve(registry)).resolve("hosts.toml");
  }

  void write(Path file, String text) throws IOException {
    Path _ = Files.writeString(file, text);
  }

  long snapshots(SnapshotKind kind) throws SnapshotFailure {
    return snapshotter.list().stream().filter(snapshot -> snapshot.kind() == kind).count();
  }

  @Override
  public void close() {
    registry.close();
    database.close();
  }
}
