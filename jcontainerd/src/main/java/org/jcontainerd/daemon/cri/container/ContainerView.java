package org.jcontainerd.daemon.cri.container;

import java.time.Instant;
import org.jcontainerd.api.cri.v1.ContainerResources;
import org.jcontainerd.api.cri.v1.ContainerStatus;
import org.jcontainerd.api.cri.v1.ContainerUser;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.Mount;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.ContainerState;
import org.jcontainerd.daemon.container.Exit;
import org.jcontainerd.daemon.cri.Times;
import org.jcontainerd.daemon.signal.Signals;

/** Containers as CRI shows them. */
public final class ContainerView {
  private ContainerView() {}

  public static org.jcontainerd.api.cri.v1.ContainerState state(Container container) {
    return switch (container.state()) {
      case ContainerState.Created _ -> org.jcontainerd.api.cri.v1.ContainerState.CONTAINER_CREATED;
      case ContainerState.Running _ -> org.jcontainerd.api.cri.v1.ContainerState.CONTAINER_RUNNING;
      case ContainerState.Exited _ -> org.jcontainerd.api.cri.v1.ContainerState.CONTAINER_EXITED;
    };
  }

  public static org.jcontainerd.api.cri.v1.Container item(Container container) {
    return org.jcontainerd.api.cri.v1.Container.newBuilder()
        .setId(container.id())
        .setPodSandboxId(container.sandboxId())
        .setMetadata(container.config().getMetadata())
        .setImage(container.config().getImage())
        .setImageRef(container.imageId())
        .setImageId(container.imageId())
        .setState(state(container))
        .setCreatedAt(Times.unixNanos(container.createdAt()))
        .putAllLabels(container.config().getLabelsMap())
        .putAllAnnotations(container.config().getAnnotationsMap())
        .build();
  }

  public static ContainerStatus status(Container container) {
    var config = container.config();
    var status =
        ContainerStatus.newBuilder()
            .setId(container.id())
            .setMetadata(config.getMetadata())
            .setState(state(container))
            .setCreatedAt(Times.unixNanos(container.createdAt()))
            .setImage(shownImage(config.getImage()))
            .setImageRef(container.imageId())
            .setImageId(container.imageId())
            .putAllLabels(config.getLabelsMap())
            .putAllAnnotations(config.getAnnotationsMap())
            .addAllMounts(config.getMountsList().stream().map(ContainerView::mount).toList())
            .setLogPath(container.logPath())
            .setResources(ContainerResources.newBuilder().setLinux(container.resources()))
            .setUser(ContainerUser.newBuilder().setLinux(container.user()))
            .setStopSignal(Signals.toCri(container.stopSignal()));
    switch (container.state()) {
      case ContainerState.Created _ -> {}
      case ContainerState.Running(_, Instant startedAt) ->
          status.setStartedAt(Times.unixNanos(startedAt));
      case ContainerState.Exited(var startedAt, Exit exit) -> {
        startedAt.map(Times::unixNanos).ifPresent(status::setStartedAt);
        status
            .setFinishedAt(Times.unixNanos(exit.at()))
            .setExitCode(exit.code())
            .setReason(exit.reason())
            .setMessage(exit.message());
      }
    }
    return status.build();
  }

  /** kubelet shows what the user wrote, where it told us, not the id that it resolved. */
  private static ImageSpec shownImage(ImageSpec image) {
    return image.getUserSpecifiedImage().isEmpty()
        ? image
        : image.toBuilder().setImage(image.getUserSpecifiedImage()).build();
  }

  /** As given; an image volume says which image it is, where it was named by id (KEP-5365). */
  private static Mount mount(Mount given) {
    String image = given.getImage().getImage();
    return image.startsWith("sha256:")
        ? given.toBuilder().setImage(given.getImage().toBuilder().setImageRef(image)).build()
        : given;
  }
}
