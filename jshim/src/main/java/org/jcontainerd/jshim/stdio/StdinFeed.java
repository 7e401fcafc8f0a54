package org.jcontainerd.jshim.stdio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jcontainerd.jshim.log.LogBuffers;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.loop.Registration;
import org.jspecify.annotations.Nullable;

/**
 * Brings input from clients or a fifo to a process. A process that does not read makes its clients
 * wait: while bytes are pending nothing more is taken from them. Confined to its loop.
 */
final class StdinFeed {
  private final IoLoop loop;
  private final Outlet process;
  private final Runnable onSourceEnd;
  private final List<Source> sources = new ArrayList<>(0);

  /**
   * @param onSourceEnd called when a source has ended by itself and all its bytes are handed over
   * @param onClosed called once, when the process takes no more input
   */
  StdinFeed(IoLoop loop, Outlet process, Runnable onSourceEnd, Runnable onClosed) {
    this.loop = loop;
    this.process = process;
    this.onSourceEnd = onSourceEnd;
    process.onDrained(this::resumeAll);
    process.onClosed(() -> {
      List.copyOf(sources).forEach(Source::close);
      onClosed.run();
    });
  }

  /** Takes over {@code fd} and reads it to its end; {@code first} came before. */
  void add(Fd fd, ByteBuffer first) throws LinuxException {
    if (process.isClosed()) {
      fd.close();
      return;
    }
    fd.setNonBlocking(true);
    var source = new Source(fd);
    sources.add(source);
    process.offer(first);
    source.resume();
  }

  /** Reads what the sources have at this moment, then closes the process's stdin. */
  void finish() throws IOException {
    for (var source : List.copyOf(sources)) {
      source.drain();
    }
    process.finish();
  }

  /** Closes everything now. */
  void abandon() {
    process.close();
  }

  private void resumeAll() {
    for (var source : List.copyOf(sources)) {
      try {
        source.resume();
      } catch (LinuxException e) {
        source.close();
      }
    }
  }

  /** One client. */
  private final class Source {
    private final Fd fd;
    private @Nullable Registration reading;

    Source(Fd fd) {
      this.fd = fd;
    }

    void resume() throws LinuxException {
      if (reading == null && fd.isOpen()) {
        reading = loop.waiter().onReadable(fd, _ -> turn());
      }
    }

    private void turn() throws LinuxException {
      if (process.pendingBytes() > 0) {
        pause(() -> {});
      } else if (read() < 0) {
        close();
        onSourceEnd.run();
      }
    }

    void drain() throws LinuxException {
      while (fd.isOpen() && read() > 0) {
        // until it has nothing now
      }
    }

    private int read() throws LinuxException {
      var buffer = loop.buffers().raw().limit(LogBuffers.TURN_BYTES);
      int count;
      try {
        count = fd.read(buffer);
      } catch (LinuxException e) {
        if (!Gone.is(e)) {
          throw e;
        }
        count = -1;
      }
      if (count > 0) {
        process.offer(buffer.flip());
      }
      return count;
    }

    void close() {
      sources.remove(this);
      pause(fd::close);
    }

    private void pause(Runnable then) {
      var registration = reading;
      reading = null;
      if (registration == null) {
        then.run();
      } else {
        registration.closeThen(then);
      }
    }
  }
}
