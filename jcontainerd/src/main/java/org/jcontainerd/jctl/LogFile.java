package org.jcontainerd.jctl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A CRI log file, read to its end or followed through rotations. Confined to one thread. */
final class LogFile {
  private static final long LOOK_AGAIN_MILLIS = 500; // for the writer's end, which no event tells

  private final Path path;
  private final Consumer<LogLine> sink;
  private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();

  LogFile(Path path, Consumer<LogLine> sink) {
    this.path = path;
    this.sink = sink;
  }

  /**
   * Reads what is there.
   *
   * @throws NoSuchFileException if the container has logged to no file
   */
  void read() throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      drain(file);
    }
  }

  /** Reads on as lines arrive, until {@code ended} says that no more will come. */
  void follow(BooleanSupplier ended) throws IOException, InterruptedException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException("log file '" + path + "': not a file in a directory");
    }
    try (WatchService watch = FileSystems.getDefault().newWatchService()) {
      var _ =
          directory.register(
              watch, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_CREATE);
      boolean last = false;
      while (!last) {
        last = followOneFile(watch, ended);
      }
    }
  }

  /**
   * Reads one file until it is rotated away (false) or the end has come (true). Between a rotation
   * and the writer's next file there is none for a moment.
   */
  private boolean followOneFile(WatchService watch, BooleanSupplier ended)
      throws IOException, InterruptedException {
    Optional<Object> identity = identity();
    if (identity.isEmpty()) {
      if (ended.getAsBoolean()) {
        return true;
      }
      waitForChange(watch);
      return false;
    }
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      while (true) {
        drain(file);
        boolean over = ended.getAsBoolean();
        Optional<Object> now = identity();
        boolean rotated = now.isPresent() && !now.equals(identity);
        if (over || rotated) {
          drain(file); // what came between the last read and the question
          return over && !rotated;
        }
        waitForChange(watch);
      }
    } catch (NoSuchFileException e) {
      return false; // rotated away between the look and the open
    }
  }

  private static void waitForChange(WatchService watch) throws InterruptedException {
    WatchKey key = watch.poll(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    if (key != null) {
      key.pollEvents();
      key.reset();
    }
  }

  private Optional<Object> identity() throws IOException {
    try {
      return Optional.of(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void drain(FileChannel file) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    while (file.read(buffer.clear()) > 0) {
      buffer.flip();
      while (buffer.hasRemaining()) {
        byte next = buffer.get();
        if (next == '\n') {
          LogLine.parse(unfinished.toString(StandardCharsets.UTF_8)).ifPresent(sink);
          unfinished.reset();
        } else {
          unfinished.write(next);
        }
      }
    }
  }
}
