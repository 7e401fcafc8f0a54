package org.jcontainerd.daemon.image;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jcontainerd.daemon.metadata.Database;
import org.jcontainerd.daemon.metadata.Migration;
import org.jcontainerd.daemon.metadata.Row;
import org.jcontainerd.daemon.metadata.Transaction;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.oci.image.ChainId;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.oci.image.ImageConfig;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;

/**
 * The images of the database. Thread-safe; lists are answered from memory, which follows the
 * database after every change.
 */
final class ImageRecords {
  static final List<Migration> MIGRATIONS =
      List.of(
          Migration.of(
              "image.1",
              """
              CREATE TABLE image (
                id TEXT PRIMARY KEY,
                manifest_type TEXT NOT NULL,
                manifest TEXT NOT NULL,
                manifest_size INTEGER NOT NULL,
                size INTEGER NOT NULL,
                config BLOB NOT NULL,
                pinned INTEGER NOT NULL,
                created INTEGER NOT NULL
              ) WITHOUT ROWID
              """,
              """
              CREATE TABLE image_name (
                name TEXT PRIMARY KEY,
                image TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE
              ) WITHOUT ROWID
              """,
              "CREATE INDEX image_name_image ON image_name (image)",
              """
              CREATE TABLE image_blob (
                image TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
                digest TEXT NOT NULL,
                PRIMARY KEY (image, digest)
              ) WITHOUT ROWID
              """));

  private static final Pattern ID = Pattern.compile("(sha256:)?[a-f0-9]{64}");
  private static final Pattern PREFIX = Pattern.compile("[a-f0-9]{3,63}");

  private final Database database;
  private final ReentrantLock refreshing = new ReentrantLock();
  private volatile Map<String, Entry> entries = Map.of();

  /** An image with what only this package needs of it. */
  record Entry(Image image, Descriptor manifest, Set<Digest> blobs) {}

  ImageRecords(Database database) {
    this.database = database;
    refresh();
  }

  Map<String, Entry> entries() {
    return entries;
  }

  List<Image> images() {
    return entries.values().stream().map(Entry::image).toList();
  }

  /** Records an image and lets the name mean it. */
  Image save(ImageName name, ResolvedImage image, boolean pinned) {
    var id = image.id().toString();
    database.change(tx -> {
      insert(tx, image, pinned);
      if (name.digest().isEmpty()) {
        name(tx, name.toString(), id);
      }
      name(tx, name.withDigest(image.target()).toString(), id);
    });
    refresh();
    var saved = entries.get(id);
    if (saved == null) {
      throw new IllegalStateException("image '" + id + "' was removed while it was pulled");
    }
    return saved.image();
  }

  private static void insert(Transaction tx, ResolvedImage image, boolean pinned) {
    var id = image.id().toString();
    tx.update(
        """
        INSERT INTO image
          (id, manifest_type, manifest, manifest_size, size, config, pinned, created)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET pinned = max(pinned, excluded.pinned)
        """,
        id,
        image.manifestDescriptor().mediaType(),
        image.manifestDescriptor().digest().toString(),
        image.manifestDescriptor().size(),
        image.size(),
        image.configBytes(),
        pinned,
        Instant.now());
    var blobs = new HashSet<>(image.documents().keySet());
    boolean _ = blobs.add(image.manifest().config().digest());
    image.layers().forEach(layer -> blobs.add(layer.blob().digest()));
    for (var blob : blobs) {
      tx.update(
          "INSERT INTO image_blob (image, digest) VALUES (?, ?) ON CONFLICT DO NOTHING",
          id,
          blob.toString());
    }
  }

  private static void name(Transaction tx, String name, String id) {
    tx.update(
        "INSERT INTO image_name (name, image) VALUES (?, ?)"
            + " ON CONFLICT (name) DO UPDATE SET image = excluded.image",
        name,
        id);
  }

  /** Forgets an image with all its names. */
  void delete(ImageId id) {
    database.change(tx -> tx.update("DELETE FROM image WHERE id = ?", id.toString()));
    refresh();
  }

  /** One at a time, after the commit: so the last one has seen every commit before it. */
  private void refresh() {
    refreshing.lock();
    try {
      var known = entries;
      entries = database.read(tx -> load(tx, known));
    } finally {
      refreshing.unlock();
    }
  }

  private static Map<String, Entry> load(Transaction tx, Map<String, Entry> known) {
    var names = new HashMap<String, List<String>>();
    tx.query(
            "SELECT image, name FROM image_name ORDER BY name",
            row -> List.of(row.text(1), row.text(2)))
        .forEach(
            row -> names.computeIfAbsent(row.getFirst(), _ -> new ArrayList<>()).add(row.get(1)));
    var blobs = new HashMap<String, Set<Digest>>();
    tx.query("SELECT image, digest FROM image_blob", row -> List.of(row.text(1), row.text(2)))
        .forEach(row ->
            blobs
                .computeIfAbsent(row.getFirst(), _ -> new HashSet<>())
                .add(Digest.parse(row.get(1))));
    var loaded = new TreeMap<String, Entry>();
    for (var entry :
        tx.query(
            "SELECT id, manifest_type, manifest, manifest_size, size, pinned FROM image",
            row -> entry(row, tx, known, names, blobs))) {
      loaded.put(entry.image().id().toString(), entry);
    }
    return Collections.unmodifiableMap(loaded);
  }

  private static Entry entry(
      Row row,
      Transaction tx,
      Map<String, Entry> known,
      Map<String, List<String>> names,
      Map<String, Set<Digest>> blobs)
      throws SQLException {
    var id = row.text(1);
    var before = known.get(id);
    // the id is the digest of the configuration: it never changes
    var config = before == null ? config(tx, id) : before.image().config();
    var all = names.getOrDefault(id, List.of());
    var image =
        new Image(
            new ImageId(Digest.parse(id)),
            all.stream().filter(name -> !name.contains("@")).toList(),
            all.stream().filter(name -> name.contains("@")).toList(),
            row.number(5),
            config,
            ChainId.chain(config.rootfs().diffIds()).getLast(),
            row.flag(6));
    var manifest = Descriptor.of(row.text(2), Digest.parse(row.text(3)), row.number(4));
    return new Entry(image, manifest, blobs.getOrDefault(id, Set.of()));
  }

  private static ImageConfig config(Transaction tx, String id) {
    var bytes =
        tx.queryOne("SELECT config FROM image WHERE id = ?", row -> row.bytes(1), id).orElseThrow();
    try {
      return OciJson.read(bytes, ImageConfig.class);
    } catch (JsonException e) {
      throw new IllegalStateException("image '" + id + "': configuration was read before", e);
    }
  }

  /** What a text names: whole references first, then ids and beginnings of ids. */
  Optional<Entry> find(String text) throws ImageFailure {
    if (ID.matcher(text).matches()) {
      var id = text.startsWith("sha256:") ? text : "sha256:" + text;
      return Optional.ofNullable(entries.get(id));
    }
    var byName = named(text);
    return byName.isPresent() ? byName : byPrefix(text);
  }

  private Optional<Entry> named(String text) {
    String whole;
    try {
      var name = ImageName.parse(text);
      whole = name.digest().map(digest -> name.withDigest(digest).toString()).orElse("" + name);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // what is no reference names nothing
    }
    return entries.values().stream()
        .filter(entry ->
            entry.image().repoTags().contains(whole) || entry.image().repoDigests().contains(whole))
        .findFirst();
  }

  private Optional<Entry> byPrefix(String text) throws ImageFailure {
    var prefix = text.startsWith("sha256:") ? text.substring(7) : text;
    if (!PREFIX.matcher(prefix).matches()) {
      return Optional.empty();
    }
    var found =
        entries.values().stream()
            .filter(entry -> entry.image().id().digest().hex().startsWith(prefix))
            .toList();
    if (found.size() > 1) {
      throw new ImageFailure.InvalidReference(
          "find", text, "is the beginning of " + found.size() + " image ids");
    }
    return found.stream().findFirst();
  }
}
