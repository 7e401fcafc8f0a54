package org.jcontainerd.testing.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.testing.Patience;
import org.jcontainerd.testing.image.ImageLayoutReader;

/**
 * Debian's docker-registry on a free port of 127.0.0.1, with a directory of its own. Thread-safe;
 * {@link #close} ends the process.
 */
public final class RegistryFixture implements AutoCloseable {
  private static final Duration START_LIMIT = Patience.of(Duration.ofSeconds(20));

  private final Process process;
  private final int port;
  private final Path log;

  private RegistryFixture(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /** The program: from the peers that bin/setup unpacks, or installed. */
  public static Optional<Path> program() {
    var base = Path.of(System.getProperty("jcontainerd.basedir", "."));
    return List.of(
            base.resolve("target/peers/bin/docker-registry"), Path.of("/usr/bin/docker-registry"))
        .stream()
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts one and waits until it answers.
   *
   * @param directory for its blobs, configuration and log; exists
   */
  public static RegistryFixture start(Path directory) throws IOException, InterruptedException {
    var program =
        program()
            .orElseThrow(
                () -> new IOException("no docker-registry: bin/setup unpacks it as a peer"));
    int port = freePort();
    var config = directory.resolve("config.yml");
    Path _ =
        Files.writeString(
            config,
            """
            version: 0.1
            log: {level: warn, accesslog: {disabled: true}}
            storage:
              cache: {blobdescriptor: inmemory}
              filesystem: {rootdirectory: %s}
              delete: {enabled: true}
            http: {addr: "127.0.0.1:%d"}
            """
                .formatted(directory.resolve("registry"), port));
    var log = directory.resolve("registry.log");
    var process =
        new ProcessBuilder(program.toString(), "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    var fixture = new RegistryFixture(process, port, log);
    try {
      fixture.awaitAnswer();
    } catch (IOException | InterruptedException e) {
      fixture.close();
      throw e;
    }
    return fixture;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException notYet) {
        // refused until it listens
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException(
              "docker-registry does not listen: " + Files.readString(log, StandardCharsets.UTF_8),
              notYet);
        }
        // the wait on the process is the pause between two attempts, and ends at once if it dies
        boolean _ = process.waitFor(20, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** {@code 127.0.0.1:port}, the first part of image names. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /**
   * Pushes an image of a layout.
   *
   * @param tagged repository and tag, as "library/busybox:latest"
   */
  public void push(ImageLayoutReader layout, Descriptor manifest, String tagged)
      throws IOException, InterruptedException {
    try (var push = new ImagePush(address())) {
      push.image(layout, manifest, tagged);
    }
  }

  /** Ends the process and waits for its end. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        int _ = process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Process _ = process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
