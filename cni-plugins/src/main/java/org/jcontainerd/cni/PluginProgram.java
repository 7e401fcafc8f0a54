package org.jcontainerd.cni;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.Spawn;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniResult;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;

/**
 * A plugin that is a program of somebody else. It is given our environment, as by the
 * specification's library, and a time limit; its output goes to memory files, so it never waits for
 * us.
 */
final class PluginProgram implements CniCall {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** So much of what a plugin wrote to stderr goes into a message. */
  private static final int STDERR_SHOWN = 500;

  private final Path program;

  PluginProgram(Path program) {
    this.program = program;
  }

  @Override
  public Optional<CniResult> call(CniRequest request) throws CniFailure {
    try (Fd output = Memfd.create("cni-stdout");
        Fd errors = Memfd.create("cni-stderr")) {
      ExitStatus status = run(request, output, errors);
      return answer(request.verb(), status, content(output), content(errors));
    } catch (IOException e) {
      throw CniFailure.io("run plugin '" + program + "'", e);
    }
  }

  private ExitStatus run(CniRequest request, Fd output, Fd errors) throws IOException, CniFailure {
    byte[] config = OciJson.write(request.config());
    try (Pipe input = Pipe.create()) {
      if (Pipe.enlarge(input.writeEnd(), config.length) < config.length) {
        throw CniFailure.config("configuration of " + config.length + " bytes: too long");
      }
      input.writeEnd().writeFully(ByteBuffer.wrap(config));
      input.writeEnd().close();
      return waitFor(
          Spawn.program(program)
              .environment(environment(request))
              .descriptor(0, input.readEnd())
              .descriptor(1, output)
              .descriptor(2, errors)
              .newSession()
              .start());
    }
  }

  private ExitStatus waitFor(PidFd child) throws IOException, CniFailure {
    var exit = new CompletableFuture<ExitStatus>();
    Thread.ofPlatform()
        .name("waits for " + program + " " + child.pid())
        .start(() -> {
          try {
            exit.complete(child.waitFor());
          } catch (IOException | RuntimeException e) {
            exit.completeExceptionally(e);
          }
        });
    try {
      return exit.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      child.send(Signal.SIGKILL);
      var failure =
          CniFailure.of(
              CniError.TRY_AGAIN_LATER,
              "plugin '%s': no answer within %d s".formatted(program, LIMIT.toSeconds()));
      failure.initCause(e);
      throw failure;
    } catch (InterruptedException e) {
      child.send(Signal.SIGKILL);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException("wait for process " + child.pid(), e.getCause());
    } finally {
      // Also of one that we have given up: closed before it is reaped, it would stay a zombie.
      var _ = exit.whenComplete((_, _) -> child.close());
    }
  }

  private Optional<CniResult> answer(CniVerb verb, ExitStatus status, byte[] out, byte[] errors)
      throws CniFailure {
    if (status.equals(new ExitStatus.Exited(0))) {
      if (verb != CniVerb.ADD) {
        return Optional.empty();
      }
      try {
        return Optional.of(CniResult.read(out));
      } catch (JsonException e) {
        throw CniFailure.of(
            CniError.DECODING_FAILURE, "result of plugin '" + program + "': " + e.getMessage());
      }
    }
    try {
      CniError error = OciJson.read(out, CniError.class);
      throw CniFailure.answered(error);
    } catch (JsonException _) { // it did not even get so far as to print an error
      String words = new String(errors, StandardCharsets.UTF_8).strip();
      String shown = words.length() > STDERR_SHOWN ? words.substring(0, STDERR_SHOWN) : words;
      throw CniFailure.of(
          CniError.INTERNAL, "plugin '%s': %s, stderr '%s'".formatted(program, status, shown));
    }
  }

  private static Map<String, String> environment(CniRequest request) {
    var variables = new HashMap<>(System.getenv());
    variables.keySet().removeIf(k -> k.startsWith("CNI_"));
    variables.put("CNI_COMMAND", request.verb().name());
    variables.put("CNI_CONTAINERID", request.containerId());
    variables.put("CNI_NETNS", request.netns().map(Path::toString).orElse(""));
    variables.put("CNI_IFNAME", request.ifname());
    variables.put("CNI_ARGS", request.args());
    variables.put(
        "CNI_PATH", request.path().stream().map(Path::toString).collect(Collectors.joining(":")));
    return variables;
  }

  /** The whole of a memory file: opened anew, so from its start. */
  private static byte[] content(Fd memory) throws IOException {
    return Files.readAllBytes(memory.path());
  }
}
