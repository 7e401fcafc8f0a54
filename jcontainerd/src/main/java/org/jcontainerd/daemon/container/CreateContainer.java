package org.jcontainerd.daemon.container;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.LinuxContainerUser;
import org.jcontainerd.api.cri.v1.NamespaceMode;
import org.jcontainerd.daemon.concurrent.InFlight;
import org.jcontainerd.daemon.concurrent.Undo;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.image.Image;
import org.jcontainerd.daemon.image.Images;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.record.Ids;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.CgroupPaths;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.sandbox.SandboxFiles;
import org.jcontainerd.daemon.sandbox.SandboxState;
import org.jcontainerd.daemon.spec.ContainerInputs;
import org.jcontainerd.daemon.spec.ContainerSpec;
import org.jcontainerd.daemon.spec.HostFacts;
import org.jcontainerd.daemon.spec.UserRequest;
import org.jcontainerd.daemon.trace.Timeline;
import org.jcontainerd.daemon.trace.Timelines;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.oci.runtime.User;
import org.jcontainerd.snapshotter.Mount;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.Snapshotter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a container in a pod that is Ready: its snapshot, its bundle, its record; no process yet.
 * Thread-safe. A retry with the same configuration joins the call under way, or gets the container
 * that it made.
 */
public final class CreateContainer {
  private static final Logger log = LoggerFactory.getLogger(CreateContainer.class);

  private final Registry<Sandbox> sandboxes;
  private final Registry<Container> containers;
  private final Parts parts;
  private final Ids ids;
  private final Clock clock;
  private final InFlight<ContainerConfig, Container> underWay = new InFlight<>();

  /** What a container is made of. */
  public record Parts(
      Layout layout,
      Images images,
      Snapshotter snapshotter,
      ImageUsers users,
      ContainerSpec spec,
      ImageVolumes volumes,
      SandboxFiles files,
      HostFacts host,
      Timelines timelines,
      String cgroupParent) {}

  public CreateContainer(
      Registry<Sandbox> sandboxes,
      Registry<Container> containers,
      Parts parts,
      Ids ids,
      Clock clock) {
    this.sandboxes = sandboxes;
    this.containers = containers;
    this.parts = parts;
    this.ids = ids;
    this.clock = clock;
  }

  /** Returns the container, Created. */
  public Container create(Sandbox sandbox, ContainerConfig config) throws Exception {
    if (config.getMetadata().getName().isEmpty()) {
      throw new DaemonFailure.InvalidArgument("create container: metadata needs a name");
    }
    String name = Container.nameOf(sandbox.id(), config);
    return underWay.run(
        name,
        config,
        () -> existingOrNew(name, sandbox, config),
        () -> nameTaken(name, "being made"));
  }

  private Container existingOrNew(String name, Sandbox sandbox, ContainerConfig config)
      throws Exception {
    for (Container each : containers.all()) {
      if (each.name().equals(name)) {
        if (each.config().equals(config) && each.state() instanceof ContainerState.Created) {
          return each;
        }
        throw nameTaken(name, "container '" + each.id() + "'");
      }
    }
    String id = ids.next();
    Timeline timeline = parts.timelines().begin(id);
    try (var undo = new Undo("create container '" + id + "'")) {
      Container made = steps(id, sandbox, config, timeline, undo);
      undo.commit();
      log.atInfo()
          .addKeyValue("container", id)
          .addKeyValue("pod", sandbox.id())
          .addKeyValue("name", name)
          .log("container created");
      return made;
    } catch (Exception e) {
      parts.timelines().forget(id);
      throw e;
    }
  }

  private Container steps(
      String id, Sandbox sandbox, ContainerConfig config, Timeline timeline, Undo undo)
      throws Exception {
    requireReady(sandbox.id());
    Image image = timeline.step("image", () -> image(config));
    var rootfs = timeline.step("snapshot", () -> prepare(id, image, undo));
    User user =
        timeline.step(
            "user",
            () ->
                UserRequest.of(
                        config.getLinux().getSecurityContext(), image.config().execution().user())
                    .resolve(parts.users().of(image, rootfs)));
    Container container = record(id, sandbox, config, image, user);
    timeline.step("bundle", () -> bundle(container, sandbox, image, user, undo));
    timeline.step(
        "record",
        () -> {
          undo.push("delete record", () -> containers.delete(id));
          return sandboxes.with(
              sandbox.id(),
              () -> {
                requireReady(sandbox.id());
                containers.insert(container);
                return id;
              });
        });
    return container;
  }

  @CanIgnoreReturnValue
  private SandboxState.Ready requireReady(String sandboxId) {
    return sandboxes
        .find(sandboxId)
        .filter(s -> s.state() instanceof SandboxState.Ready)
        .map(s -> (SandboxState.Ready) s.state())
        .orElseThrow(() ->
            new DaemonFailure.FailedPrecondition(
                "create container: pod sandbox '" + sandboxId + "' is not ready"));
  }

  private Image image(ContainerConfig config) throws Exception {
    String reference = config.getImage().getImage();
    if (reference.isEmpty()) {
      throw new DaemonFailure.InvalidArgument(
          "create container '" + config.getMetadata().getName() + "': no image given");
    }
    return parts
        .images()
        .find(reference)
        .orElseThrow(() -> new DaemonFailure.NotFound("image", reference));
  }

  private List<Mount> prepare(String id, Image image, Undo undo) throws SnapshotFailure {
    var key = new SnapshotKey(id);
    undo.push("remove snapshot", () -> RemoveContainer.removeSnapshot(parts.snapshotter(), key));
    return parts.snapshotter().prepare(key, Optional.of(image.snapshot()), Map.of());
  }

  private Container record(
      String id, Sandbox sandbox, ContainerConfig config, Image image, User user) {
    return new Container(
        id,
        sandbox.id(),
        config,
        image.id().toString(),
        LinuxContainerUser.newBuilder()
            .setUid(user.uid())
            .setGid(user.gid())
            .addAllSupplementalGroups(user.additionalGids())
            .build(),
        config.getLinux().getResources(),
        StopSignal.of(config, image.config().execution()),
        LogPath.of(sandbox.config(), config),
        CgroupPaths.of(sandbox.config(), parts.cgroupParent(), id),
        clock.instant(),
        new ContainerState.Created());
  }

  private Path bundle(Container container, Sandbox sandbox, Image image, User user, Undo undo)
      throws Exception {
    Path bundle = parts.layout().bundle(container.id());
    undo.push("remove bundle", () -> Layout.removeTree(bundle));
    Layout.privateDirectory(bundle);
    var volumes = parts.volumes().mount(container.id(), container.config(), undo);
    var options = container.config().getLinux().getSecurityContext().getNamespaceOptions();
    var inputs =
        new ContainerInputs(
            container.id(),
            container.config(),
            sandbox.id(),
            sandbox.config(),
            requireReady(sandbox.id()).pid(),
            options.getPid() == NamespaceMode.TARGET
                ? targetPid(options.getTargetId(), sandbox)
                : OptionalLong.empty(),
            parts.layout().netns(sandbox.id()),
            parts.files().of(sandbox.id(), sandbox.config()),
            image.config().execution(),
            user,
            container.cgroupPath(),
            SandboxFiles.hostname(sandbox.config()),
            parts.host(),
            volumes);
    Spec spec = parts.spec().of(inputs);
    return Files.write(bundle.resolve("config.json"), OciJson.write(spec));
  }

  private OptionalLong targetPid(String targetId, Sandbox sandbox) {
    Container target = containers.require(targetId);
    if (!target.sandboxId().equals(sandbox.id())) {
      throw new DaemonFailure.InvalidArgument(
          "target container '" + targetId + "': is not of pod sandbox '" + sandbox.id() + "'");
    }
    return target.running().map(r -> OptionalLong.of(r.pid())).orElse(OptionalLong.empty());
  }

  private static DaemonFailure.AlreadyExists nameTaken(String name, String by) {
    return new DaemonFailure.AlreadyExists(
        "create container: name '" + name + "' is taken by " + by);
  }
}
