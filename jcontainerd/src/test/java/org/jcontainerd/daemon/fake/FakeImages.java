package org.jcontainerd.daemon.fake;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.daemon.image.FsUsage;
import org.jcontainerd.daemon.image.Image;
import org.jcontainerd.daemon.image.ImageFailure;
import org.jcontainerd.daemon.image.ImageId;
import org.jcontainerd.daemon.image.Images;
import org.jcontainerd.daemon.image.PullProgress;
import org.jcontainerd.daemon.registry.RegistryAuth;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.oci.image.ChainId;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.oci.image.ImageConfig;
import org.jcontainerd.snapshotter.Usage;

/** One image, "busybox", that can be found, and "empty", which has no command. */
public final class FakeImages implements Images {
  private static final Digest DIGEST = Digest.parse("sha256:" + "ab".repeat(32));
  private static final Digest EMPTY = Digest.parse("sha256:" + "cd".repeat(32));

  public static final String ID = DIGEST.toString();

  private static Image image(Digest digest, String tag, ImageConfig.Execution execution) {
    return new Image(
        new ImageId(digest),
        List.of(tag),
        List.of(),
        1000,
        new ImageConfig(
            "",
            "",
            "amd64",
            "",
            "linux",
            "",
            List.of(),
            Optional.of(execution),
            new ImageConfig.RootFs("layers", List.of()),
            List.of()),
        new ChainId(digest),
        false);
  }

  private final Image busybox =
      image(
          DIGEST,
          "docker.io/library/busybox:latest",
          ImageConfig.Execution.running(List.of("PATH=/bin"), List.of("sh")));
  private final Image empty =
      image(
          EMPTY,
          "docker.io/library/empty:latest",
          ImageConfig.Execution.running(List.of(), List.of()));

  @Override
  public Image pull(ImageName name, Optional<RegistryAuth> auth, PullProgress progress)
      throws ImageFailure, InterruptedException {
    if (name.toString().contains("slow")) {
      new java.util.concurrent.CountDownLatch(1).await();
    }
    return find(name.toString())
        .orElseThrow(() -> new ImageFailure.NotFound("pull", name.toString(), "manifest unknown"));
  }

  @Override
  public Optional<Image> find(String referenceOrId) {
    if (referenceOrId.contains("busybox") || referenceOrId.equals(ID)) {
      return Optional.of(busybox);
    }
    return referenceOrId.contains("empty") ? Optional.of(empty) : Optional.empty();
  }

  @Override
  public List<Image> list() {
    return List.of(busybox, empty);
  }

  @Override
  public void remove(String referenceOrId) {}

  @Override
  public void collect() {}

  @Override
  public FsUsage fsUsage() {
    var filesystem = new FsUsage.Filesystem(Path.of("/x"), new Usage(10, 2));
    return new FsUsage(filesystem, filesystem);
  }

  @Override
  public Map<ImageName, PullProgress> pulls() {
    return Map.of();
  }
}
