package org.jcontainerd.oci.image;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.json.Json;
import org.jcontainerd.oci.json.JsonValue;

/**
 * The configuration of an image (config.md). Immutable.
 *
 * <p>Everything in it was written by whoever made the image: none of it may steer a decision about
 * the host without a check.
 *
 * @param created time of creation as written, RFC 3339; "" if absent
 */
public record ImageConfig(
    String created,
    String author,
    @Json(always = true) String architecture,
    String variant,
    @Json(always = true) String os,
    @Json(name = "os.version") String osVersion,
    @Json(name = "os.features") List<String> osFeatures,
    Optional<Execution> config,
    @Json(always = true) RootFs rootfs,
    List<History> history) {
  public ImageConfig {
    osFeatures = List.copyOf(osFeatures);
    history = List.copyOf(history);
  }

  /** How to run; an empty one if the image does not say. */
  public Execution execution() {
    return config.orElse(Execution.NONE);
  }

  public Platform platform() {
    return new Platform(architecture, os, osVersion, osFeatures, variant);
  }

  /**
   * The part that says how to run a container.
   *
   * @param user {@code user}, {@code uid}, {@code user:group}, {@code uid:gid}, ..., unchecked; ""
   *     is root
   * @param exposedPorts keys {@code port/protocol}
   * @param volumes keys are paths
   * @param stopSignal "" if absent
   */
  public record Execution(
      @Json(name = "User") String user,
      @Json(name = "ExposedPorts") Map<String, JsonValue> exposedPorts,
      @Json(name = "Env") List<String> env,
      @Json(name = "Entrypoint") List<String> entrypoint,
      @Json(name = "Cmd") List<String> cmd,
      @Json(name = "Volumes") Map<String, JsonValue> volumes,
      @Json(name = "WorkingDir") String workingDir,
      @Json(name = "Labels") Map<String, String> labels,
      @Json(name = "StopSignal") String stopSignal) {
    static final Execution NONE =
        new Execution("", Map.of(), List.of(), List.of(), List.of(), Map.of(), "", Map.of(), "");

    public Execution {
      exposedPorts = Map.copyOf(exposedPorts);
      env = List.copyOf(env);
      entrypoint = List.copyOf(entrypoint);
      cmd = List.copyOf(cmd);
      volumes = Map.copyOf(volumes);
      labels = Map.copyOf(labels);
    }

    /** One that runs {@code cmd} in root's default environment. */
    public static Execution running(List<String> env, List<String> cmd) {
      return new Execution("", Map.of(), env, List.of(), cmd, Map.of(), "", Map.of(), "");
    }

    /** The same, as another user. */
    public Execution as(String other) {
      return new Execution(
          other, exposedPorts, env, entrypoint, cmd, volumes, workingDir, labels, stopSignal);
    }
  }

  /**
   * The layers by the digests of their uncompressed tars, lowest first.
   *
   * @param type always "layers"
   */
  public record RootFs(
      @Json(always = true) String type,
      @Json(name = "diff_ids", always = true) List<Digest> diffIds) {
    public RootFs {
      diffIds = List.copyOf(diffIds);
    }
  }

  /** How one layer came to be. */
  public record History(
      String created,
      String author,
      @Json(name = "created_by") String createdBy,
      String comment,
      @Json(name = "empty_layer") boolean emptyLayer) {}
}
