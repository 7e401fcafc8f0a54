package org.jcontainerd.jshim.task;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.json.OciJson;

/**
 * A bundle directory and the names in it that are the shim's (docs/contracts.md, "Shim" and
 * "Keeper"). The record of a task is {@code shim.json}, that of an exec {@code
 * exec/<id>.shim.json}. Immutable.
 */
public record Bundle(Path directory) {
  private static final String RECORD = "shim.json";
  private static final String RECORD_SUFFIX = "." + RECORD;

  public Path config() {
    return directory.resolve("config.json");
  }

  public Path rootfs() {
    return directory.resolve("rootfs");
  }

  /** The keeper's directory of the init process. */
  public Path init() {
    return directory.resolve("init");
  }

  /** The keeper's directory of an exec. */
  public Path exec(String execId) {
    return execs().resolve(execId);
  }

  private Path execs() {
    return directory.resolve("exec");
  }

  /** The ids of execs that have a keeper's directory. */
  public List<String> execIds() throws IOException {
    var ids = new ArrayList<String>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(execs(), entry -> Files.isDirectory(entry))) {
      entries.forEach(entry -> ids.add(entry.getFileName().toString()));
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return ids;
  }

  /** Writes the record of the task so that it is there whole or not at all. */
  public void write(TaskRecord record) throws IOException {
    var _ = Files.createDirectories(execs());
    write(directory.resolve(RECORD), OciJson.writeIndented(record));
  }

  /** Writes the record of an exec, beside its keeper's directory, which the runtime makes. */
  public void write(ExecRecord record) throws IOException {
    write(execRecord(record.id()), OciJson.writeIndented(record));
  }

  private Path execRecord(String execId) {
    return execs().resolve(execId + RECORD_SUFFIX);
  }

  private static void write(Path file, byte[] json) throws IOException {
    var fresh = Files.write(file.resolveSibling(file.getFileName() + ".new"), json);
    var _ = Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The record of the task; empty if this shim never had it. */
  public Optional<TaskRecord> record() throws IOException {
    var json = read(directory.resolve(RECORD));
    return json.isEmpty()
        ? Optional.empty()
        : Optional.of(
            OciJson.read(json.get().getBytes(StandardCharsets.UTF_8), TaskRecord.class).checked());
  }

  public Optional<ExecRecord> record(String execId) throws IOException {
    var json = read(execRecord(execId));
    return json.isEmpty()
        ? Optional.empty()
        : Optional.of(OciJson.read(json.get().getBytes(StandardCharsets.UTF_8), ExecRecord.class));
  }

  private static Optional<String> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Removes an exec's directory; success if there is none. */
  public void removeExec(String execId) throws IOException {
    var _ = Files.deleteIfExists(execRecord(execId));
    removeTree(exec(execId));
  }

  /** Removes everything that is the shim's; the bundle itself is the caller's. */
  public void removeRecords() throws IOException {
    removeTree(execs());
    removeTree(init());
    var _ = Files.deleteIfExists(directory.resolve(RECORD));
  }

  private static void removeTree(Path root) throws IOException {
    if (Files.notExists(root)) {
      return;
    }
    var _ =
        Files.walkFileTree(
            root,
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                  throws IOException {
                var _ = Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                  return FileVisitResult.CONTINUE; // a keeper that retires removes its socket
                }
                throw e;
              }

              @Override
              public FileVisitResult postVisitDirectory(
                  Path directory, @org.jspecify.annotations.Nullable IOException e)
                  throws IOException {
                if (e != null) {
                  throw e;
                }
                var _ = Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
              }
            });
  }
}
