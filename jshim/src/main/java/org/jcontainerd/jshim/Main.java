package org.jcontainerd.jshim;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jcontainerd.jshim.event.EventForwarder;
import org.jcontainerd.jshim.event.TaskEvents;
import org.jcontainerd.jshim.server.DeleteDead;
import org.jcontainerd.jshim.server.ShimServer;
import org.jcontainerd.jshim.server.StartShim;
import org.jcontainerd.jshim.service.ShimVersion;

/** containerd-shim-jrunc-v1. */
public final class Main {
  private Main() {}

  public static void main(String[] words) {
    System.exit(run(words));
  }

  private static int run(String[] words) {
    try {
      var arguments = Arguments.parse(words, System.getenv(), Path.of("").toAbsolutePath());
      return switch (arguments.verb()) {
        case START -> print(new StartShim(arguments.paths(), Main.class.getName()).run());
        case SERVE -> serve(arguments);
        case DELETE -> delete(arguments);
        case VERSION -> print(ShimVersion.NAME + " " + ShimVersion.TEXT);
        case INFO -> fail("-info is not implemented: the runtime's features are not asked for yet");
      };
    } catch (IllegalArgumentException e) {
      return fail(String.valueOf(e.getMessage()));
    } catch (IOException | ExecutionException e) {
      return fail(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail("interrupted");
    }
  }

  private static int print(String line) {
    System.out.print(line);
    System.out.flush();
    return 0;
  }

  private static int fail(String message) {
    System.err.println(ShimVersion.NAME + ": " + message);
    return 1;
  }

  private static int serve(Arguments arguments)
      throws IOException, ExecutionException, InterruptedException {
    var log = new ShimLog(System.err);
    var server = ShimServer.start(arguments.paths(), events(log), log);
    if (server.isEmpty()) {
      log.info(
          "another shim serves already", Map.of("socket", arguments.paths().socket().toString()));
      return 0;
    }
    try (var running = server.get()) {
      log.info("shim serves", Map.of("socket", arguments.paths().socket().toString()));
      StartShim.tellReady();
      var _ = running.shutdown().get();
    }
    log.info("shim ends", Map.of());
    return 0;
  }

  /** containerd tells where it takes events by this variable; our daemon does not. */
  private static TaskEvents events(ShimLog log) {
    var address = System.getenv("TTRPC_ADDRESS");
    if (address == null || address.isEmpty()) {
      return TaskEvents.NONE;
    }
    var path = address.startsWith("unix://") ? address.substring("unix://".length()) : address;
    return EventForwarder.start(Path.of(path), log);
  }

  private static int delete(Arguments arguments) throws IOException {
    var response = DeleteDead.run(arguments.paths(), arguments.id(), arguments.bundle());
    System.out.write(response.toByteArray());
    System.out.flush();
    return 0;
  }
}
