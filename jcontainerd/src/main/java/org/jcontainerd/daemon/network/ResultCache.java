package org.jcontainerd.daemon.network;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.cni.CniResult;
import org.jcontainerd.oci.json.Json;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/**
 * Attachments on disk, in the format of the specification's library: {@code
 * results/<network>-<container>-<interface>}. An entry is written before ADD, without a result, so
 * that whatever ADD leaves can be found after a crash; and it holds the configuration, so that DEL
 * works when that was changed or removed. Written atomically; not synced, since nothing of an
 * attachment survives a crash of the machine but address reservations, which GC finds. Thread-safe
 * for different attachments.
 */
final class ResultCache {
  private static final String KIND = "cniCacheV1";

  /** Marks our entries: other programs keep theirs in the same directory. */
  private static final String OWNER = "jcontainerd";

  /**
   * One attachment.
   *
   * @param config the network's configuration in base64
   * @param cniArgs pairs of key and value
   * @param result empty until ADD was done
   * @param owner who wrote it; a field of ours, which others ignore
   */
  record Entry(
      String kind,
      String containerId,
      String config,
      String ifName,
      String networkName,
      String netns,
      List<List<String>> cniArgs,
      Map<String, JsonValue> capabilityArgs,
      Optional<CniResult> result,
      @Json(name = "io.jcontainerd/owner") String owner) {
    Entry {
      cniArgs = List.copyOf(cniArgs);
      capabilityArgs = Map.copyOf(capabilityArgs);
    }

    static Entry of(NetworkList list, Attachment attachment, Map<String, JsonValue> capabilities) {
      return new Entry(
          KIND,
          attachment.sandboxId(),
          Base64.getEncoder().encodeToString(OciJson.write(list.source())),
          Attachment.IFNAME,
          list.name(),
          attachment.netns().toString(),
          attachment.cniArgs(),
          capabilities,
          Optional.empty(),
          OWNER);
    }

    Entry with(CniResult newResult) {
      return new Entry(
          kind,
          containerId,
          config,
          ifName,
          networkName,
          netns,
          cniArgs,
          capabilityArgs,
          Optional.of(newResult),
          owner);
    }

    boolean ours() {
      return owner.equals(OWNER);
    }

    NetworkList list() throws JsonException {
      return NetworkList.read(Base64.getDecoder().decode(config), List.of());
    }

    private String fileName() {
      return networkName + "-" + containerId + "-" + ifName;
    }
  }

  private final Path results;

  ResultCache(Path directory) {
    this.results = directory.resolve("results");
  }

  void put(Entry entry) throws IOException {
    if (!Files.isDirectory(results)) {
      Files.createDirectories(results);
    }
    Path target = results.resolve(entry.fileName());
    Path fresh = results.resolve("." + entry.fileName() + ".new");
    Files.write(fresh, OciJson.write(entry));
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  void remove(Entry entry) throws IOException {
    Files.deleteIfExists(results.resolve(entry.fileName()));
  }

  /** The attachments of one container. */
  List<Entry> of(String containerId) throws IOException {
    return read(name -> name.contains("-" + containerId + "-")).stream()
        .filter(e -> e.containerId().equals(containerId))
        .toList();
  }

  /** All attachments, also those of other programs. */
  List<Entry> all() throws IOException {
    return read(_ -> true);
  }

  private List<Entry> read(java.util.function.Predicate<String> wanted) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(results)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!name.startsWith(".") && wanted.test(name)) {
          read(file).ifPresent(entries::add);
        }
      }
    } catch (NoSuchFileException _) {
      return List.of(); // nothing was ever attached
    }
    return entries;
  }

  private static Optional<Entry> read(Path file) throws IOException {
    try {
      Entry entry = OciJson.read(Files.readAllBytes(file), Entry.class);
      return Optional.of(entry).filter(e -> e.kind().equals(KIND));
    } catch (NoSuchFileException _) {
      return Optional.empty(); // removed since it was listed
    } catch (JsonException _) {
      return Optional.empty(); // of another program, or its older format without a configuration
    }
  }
}
