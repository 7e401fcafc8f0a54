package org.jcontainerd.jctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.daemon.streaming.StreamingClient;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.linux.fs.OpenFlag;
import org.jcontainerd.linux.terminal.Terminal;
import org.jcontainerd.linux.terminal.TerminalSize;

/** This terminal or these pipes, connected with a process in a container. */
final class RemoteSession {
  private static final long LOOK_AT_SIZE_MILLIS = 200;

  private final boolean interactive;
  private final boolean tty;

  /**
   * @param interactive pass our standard input on
   * @param tty the process has a terminal
   */
  RemoteSession(boolean interactive, boolean tty) {
    this.interactive = interactive;
    this.tty = tty;
  }

  /**
   * Runs to the end of the process's output.
   *
   * @return the exit code that the server tells, 0 for success
   */
  int run(URI url) throws IOException, InterruptedException {
    try (StreamingClient client = StreamingClient.remoteCommand(url)) {
      // All streams before any input: a server reads its connection only once it has them all.
      ByteChannel error = open(client, "error");
      Optional<ByteChannel> stdin =
          interactive ? Optional.of(open(client, "stdin")) : Optional.empty();
      ByteChannel stdout = open(client, "stdout");
      Optional<ByteChannel> stderr = tty ? Optional.empty() : Optional.of(open(client, "stderr"));
      Optional<ByteChannel> sizes = tty ? Optional.of(open(client, "resize")) : Optional.empty();
      // Raw mode before any input, too: an end of file that is typed is the process's to see.
      try (AutoCloseable _ = interactive && sizes.isPresent() ? rawMode(sizes.get()) : () -> {}) {
        stdin.ifPresent(
            to -> Thread.ofPlatform().name("stdin").daemon().start(() -> sendInput(to)));
        List<Thread> outputs = new ArrayList<>();
        outputs.add(print(stdout, System.out));
        stderr.ifPresent(from -> outputs.add(print(from, System.err)));
        for (Thread output : outputs) {
          output.join();
        }
      } catch (IOException | InterruptedException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("terminal: not restored", e);
      }
      return exitCode(Channels.newInputStream(error).readAllBytes());
    }
  }

  private static ByteChannel open(StreamingClient client, String type) throws IOException {
    return client.open(Map.of("streamtype", type));
  }

  private static void sendInput(ByteChannel to) {
    try (OutputStream out = Channels.newOutputStream(to)) {
      System.in.transferTo(out);
    } catch (IOException e) {
      // The process has ended; what is typed now has no reader.
      return;
    }
  }

  private static Thread print(ByteChannel from, OutputStream to) {
    return Thread.startVirtualThread(() -> {
      try {
        InputStream in = Channels.newInputStream(from);
        byte[] buffer = new byte[32 * 1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          to.write(buffer, 0, count);
          to.flush();
        }
      } catch (IOException e) {
        System.err.println("jctl: output ended early: " + e.getMessage());
      }
    });
  }

  /** Switches our terminal to raw mode and passes its size on until closed. */
  private static AutoCloseable rawMode(ByteChannel sizes) throws IOException {
    Fd terminal = HostFile.open(Path.of("/dev/tty"), OpenFlag.READ_WRITE);
    AutoCloseable raw = Terminal.raw(terminal);
    Thread follower =
        Thread.ofPlatform().name("window-size").daemon().start(() -> followSize(terminal, sizes));
    return () -> {
      follower.interrupt();
      raw.close();
      terminal.close();
    };
  }

  private static void followSize(Fd terminal, ByteChannel sizes) {
    var last = new TerminalSize(0, 0);
    try {
      while (true) {
        TerminalSize now = Terminal.size(terminal);
        if (!now.equals(last)) {
          String json = "{\"Width\":" + now.columns() + ",\"Height\":" + now.rows() + "}";
          int _ = sizes.write(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
          last = now;
        }
        Thread.sleep(LOOK_AT_SIZE_MILLIS);
      }
    } catch (LinuxException e) {
      System.err.println("jctl: window size: " + e.getMessage() + "\r");
    } catch (IOException | InterruptedException e) {
      // The session is over: nobody needs the size any more.
      Thread.currentThread().interrupt();
    }
  }

  private static int exitCode(byte[] status) throws IOException {
    JsonNode json = new ObjectMapper().readTree(status);
    if (json == null || json.path("status").asText().equals("Success")) {
      return 0;
    }
    for (JsonNode cause : json.at("/details/causes")) {
      if (cause.path("reason").asText().equals("ExitCode")) {
        return cause.path("message").asInt();
      }
    }
    throw new IOException(json.path("message").asText(new String(status, StandardCharsets.UTF_8)));
  }
}
