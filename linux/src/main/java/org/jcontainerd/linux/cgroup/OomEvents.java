package org.jcontainerd.linux.cgroup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Optional;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.fs.KernelFile;
import org.jcontainerd.linux.sys.FileCalls;
import org.jcontainerd.linux.sys.PipeCalls;

/**
 * Hears when a cgroup runs out of memory. Confined to one thread, which waits in the kernel: a
 * platform thread.
 */
public sealed interface OomEvents extends AutoCloseable {

  /**
   * Waits for the next time.
   *
   * @return false when the cgroup has ended: removed (version 1) or without processes (version 2)
   */
  boolean await() throws IOException;

  @Override
  void close() throws IOException;

  /** Of a cgroup with a memory controller of version 1: cgroup-v1/memory.rst, "OOM Control". */
  static OomEvents legacy(Path directory) throws IOException {
    Fd event = Fd.adopt(PipeCalls.eventfd(0, FileCalls.O_CLOEXEC), "eventfd of " + directory);
    try (Fd control = HostFile.reading(directory.resolve("memory.oom_control"))) {
      Path registration = directory.resolve("cgroup.event_control");
      KernelFile.write(registration, event.number() + " " + control.number());
      return new Legacy(event, registration);
    } catch (IOException e) {
      event.close();
      throw e;
    }
  }

  /** Of a cgroup of the unified tree: cgroup-v2.rst, {@code memory.events}. */
  static OomEvents unified(Path directory) throws IOException {
    WatchService changes = FileSystems.getDefault().newWatchService();
    try {
      WatchKey key = directory.register(changes, StandardWatchEventKinds.ENTRY_MODIFY);
      return new Unified(directory, changes, key, Unified.kills(directory));
    } catch (IOException e) {
      changes.close();
      throw e;
    }
  }

  /** The kernel adds to an eventfd: once per time out of memory, and once when the cgroup goes. */
  record Legacy(Fd event, Path registration) implements OomEvents {
    @Override
    public boolean await() throws IOException {
      var count = ByteBuffer.allocate(Long.BYTES);
      return event.read(count) == Long.BYTES && Files.exists(registration);
    }

    @Override
    public void close() {
      event.close();
    }
  }

  /** The kernel marks {@code memory.events} and {@code cgroup.events} as modified. */
  final class Unified implements OomEvents {
    private final Path directory;
    private final WatchService changes;
    private final WatchKey key;
    private long kills;

    private Unified(Path directory, WatchService changes, WatchKey key, long kills) {
      this.directory = directory;
      this.changes = changes;
      this.key = key;
      this.kills = kills;
    }

    private static long kills(Path directory) throws IOException {
      return Keyed.read(directory.resolve("memory.events"))
          .map(events -> events.get("oom_kill").orElse(0))
          .orElse(0L);
    }

    @Override
    public boolean await() throws IOException {
      while (true) {
        long now = kills(directory);
        if (now > kills) {
          kills = now;
          return true;
        }
        Optional<Keyed> events = Keyed.read(directory.resolve("cgroup.events"));
        if (events.isEmpty() || events.get().get("populated").orElse(0) == 0) {
          return false;
        }
        try {
          WatchKey changed = changes.take();
          var _ = changed.pollEvents(); // which file it was is read from the files
          if (!changed.reset()) {
            return false; // the directory is gone
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("wait for memory.events: interrupted", e);
        }
      }
    }

    @Override
    public void close() throws IOException {
      key.cancel();
      changes.close();
    }
  }
}
