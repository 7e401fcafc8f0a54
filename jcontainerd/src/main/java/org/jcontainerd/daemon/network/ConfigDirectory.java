package org.jcontainerd.daemon.network;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;
import org.jspecify.annotations.Nullable;

/**
 * The directory of network configurations: the first file in lexical order counts. It is read anew
 * when a file in it changed, which a look at the time stamps tells; so no watcher is needed.
 * Thread-safe.
 */
final class ConfigDirectory {
  private static final List<String> ENDINGS = List.of(".conflist", ".conf", ".json");

  private record Stamp(Object time, long size, Object inode) {}

  private record Read(Map<Path, Stamp> stamps, @Nullable NetworkList list, String problem) {}

  private final Path directory;
  private final AtomicReference<Read> last =
      new AtomicReference<>(new Read(Map.of(), null, "not read yet"));

  ConfigDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * The network for pods.
   *
   * @throws NetworkFailure.NotReady if there is none, with the reason
   */
  NetworkList current() throws NetworkFailure.NotReady {
    Read read = last.get();
    try {
      Map<Path, Stamp> stamps = stamps();
      if (stamps.isEmpty()) {
        throw new NetworkFailure.NotReady("no network configuration in '" + directory + "'", null);
      }
      if (!stamps.equals(read.stamps())) {
        read = read(stamps);
        last.set(read);
      }
    } catch (IOException e) {
      throw new NetworkFailure.NotReady("network configuration '" + directory + "': " + e, e);
    }
    if (read.list() == null) {
      throw new NetworkFailure.NotReady(read.problem(), null);
    }
    return read.list();
  }

  private Map<Path, Stamp> stamps() throws IOException {
    Map<Path, Stamp> stamps = new TreeMap<>();
    for (Path file : files(directory)) {
      stamp(stamps, file);
    }
    for (Path file : stamps.isEmpty() ? List.<Path>of() : directories()) {
      for (Path plugin : files(file)) { // plugins that lie beside a list
        stamp(stamps, plugin);
      }
    }
    return stamps;
  }

  private static void stamp(Map<Path, Stamp> stamps, Path file) throws IOException {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (attributes.isRegularFile()) {
        stamps.put(
            file,
            new Stamp(attributes.lastModifiedTime(), attributes.size(), "" + attributes.fileKey()));
      }
    } catch (NoSuchFileException _) {
      // deleted since it was listed
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (ENDINGS.stream().anyMatch(name::endsWith)) {
          files.add(entry);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      return List.of();
    }
    return files;
  }

  private List<Path> directories() throws IOException {
    List<Path> directories = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
      entries.forEach(directories::add);
    }
    return directories;
  }

  private Read read(Map<Path, Stamp> stamps) throws IOException {
    Path first =
        stamps.keySet().stream()
            .filter(f -> directory.equals(f.getParent()))
            .findFirst()
            .orElseThrow();
    try {
      byte[] json = Files.readAllBytes(first);
      List<JsonValue.Fields> beside = new ArrayList<>();
      Path besideDirectory = directory.resolve(NetworkList.name(json));
      for (Path file : stamps.keySet()) {
        if (besideDirectory.equals(file.getParent())
            && OciJson.readValue(Files.readAllBytes(file)) instanceof JsonValue.Fields plugin) {
          beside.add(plugin);
        }
      }
      return new Read(stamps, NetworkList.read(json, beside), "");
    } catch (IllegalArgumentException | IOException e) {
      return new Read(
          stamps, null, "network configuration '%s': %s".formatted(first, e.getMessage()));
    }
  }
}
