package org.jcontainerd.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.Memfd;
import org.jcontainerd.linux.fs.Pipe;
import org.jcontainerd.linux.netns.NetworkNamespace;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.Spawn;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniResult;
import org.jcontainerd.oci.cni.CniVersions;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;

/** Runs plugins of a directory as programs in the namespace that the request calls the host's. */
final class ProgramCaller implements PluginCaller {
  private final Path bin;
  private final String searchPath;
  private final boolean newest;

  ProgramCaller(Path bin, Path tools) throws IOException {
    this.bin = bin;
    this.searchPath = tools + ":" + System.getenv("PATH");
    try (Fd out = Memfd.create("stdout")) {
      byte[] stdin = "{\"cniVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);
      try (PidFd child = start("bridge", Map.of("CNI_COMMAND", "VERSION"), stdin, out)) {
        assertEquals(new ExitStatus.Exited(0), child.waitFor());
      }
      newest =
          OciJson.read(Files.readAllBytes(out.path()), CniVersions.class)
              .supportedVersions()
              .contains("1.1.0");
    }
  }

  @Override
  public boolean speaksNewest() {
    return newest;
  }

  @Override
  public Optional<CniResult> call(String type, CniRequest request) throws CniFailure {
    try (Fd out = Memfd.create("stdout");
        PidFd child = start(type, request, out)) {
      boolean done = child.waitFor().equals(new ExitStatus.Exited(0));
      byte[] answer = Files.readAllBytes(out.path());
      if (!done) {
        throw CniFailure.answered(OciJson.read(answer, CniError.class));
      }
      return answer.length == 0 || request.verb() != CniVerb.ADD
          ? Optional.empty()
          : Optional.of(CniResult.read(answer));
    } catch (JsonException e) {
      throw new AssertionError(type + " printed no JSON", e);
    } catch (IOException e) {
      throw new AssertionError("run " + type, e);
    }
  }

  /** Starts a plugin; the caller waits for it. */
  PidFd start(String type, CniRequest request, Fd out) throws IOException {
    var variables =
        Map.of(
            "CNI_COMMAND", request.verb().name(),
            "CNI_CONTAINERID", request.containerId(),
            "CNI_NETNS", request.netns().map(Path::toString).orElse(""),
            "CNI_IFNAME", request.ifname(),
            "CNI_ARGS", request.args(),
            "CNI_PATH", bin.toString());
    byte[] stdin = OciJson.write(request.config());
    return NetworkNamespace.call(
        request.host().netns().orElseThrow(), () -> start(type, variables, stdin, out));
  }

  private PidFd start(String type, Map<String, String> variables, byte[] stdin, Fd out)
      throws IOException {
    var environment = new HashMap<>(variables);
    environment.put("PATH", searchPath);
    try (Pipe input = Pipe.create();
        Fd error = Fd.adopt(2, "stderr").duplicate()) {
      input.writeEnd().writeFully(ByteBuffer.wrap(stdin));
      input.writeEnd().close();
      return Spawn.program(bin.resolve(type))
          .environment(environment)
          .descriptor(0, input.readEnd())
          .descriptor(1, out)
          .descriptor(2, error)
          .start();
    }
  }
}
