package org.jcontainerd.testing.runtime;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jcontainerd.testing.Patience;

/**
 * A daemon that was started and will be stopped by pid. Its output goes to a file. Confined to one
 * thread.
 */
public final class DaemonProcess {
  private static final Duration PATIENCE = Patience.of(Duration.ofSeconds(60));
  private static final int LAST_LINES = 20;

  private final String name;
  private final Path log;
  private final Process process;

  private DaemonProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts a daemon.
   *
   * @param environment added to ours
   */
  public static DaemonProcess start(
      String name, Path log, List<String> command, Map<String, String> environment)
      throws IOException {
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    return new DaemonProcess(name, log, builder.start());
  }

  /** Waits until {@code socket} accepts connections. */
  public void awaitSocket(Path socket) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!accepts(socket)) {
      if (!process.isAlive()) {
        throw new IOException(
            name + ": ended with " + process.exitValue() + " before it was ready:\n" + tail());
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(
            name + ": not ready after " + PATIENCE.toSeconds() + " s:\n" + tail());
      }
      Thread.sleep(20);
    }
  }

  private static boolean accepts(Path socket) {
    try (var _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return true;
    } catch (IOException e) {
      return false; // not there yet, or left by a daemon that is gone
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL, and waits for the end. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** SIGTERM; SIGKILL if that does not end it in time. */
  public void stop() {
    process.destroy();
    try {
      process.onExit().get(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      kill(); // it had its chance
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new AssertionError("waiting for a process does not fail", e);
    }
  }

  /** The last lines that the daemon printed. */
  public String tail() throws IOException {
    List<String> lines = Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }
}
