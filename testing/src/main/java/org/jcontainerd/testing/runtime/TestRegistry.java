package org.jcontainerd.testing.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jcontainerd.testing.image.ImageLayoutReader;
import org.jcontainerd.testing.image.OfflineImages;
import org.jcontainerd.testing.registry.RegistryFixture;

/** A real registry on loopback with the images that tests run. Confined to one thread. */
public final class TestRegistry implements AutoCloseable {
  private final RegistryFixture registry;
  private final Path layouts;
  private final Path directory;

  private TestRegistry(RegistryFixture registry, Path layouts, Path directory) {
    this.registry = registry;
    this.layouts = layouts;
    this.directory = directory;
  }

  /**
   * Starts a registry that serves the small images.
   *
   * @param layouts where images are built; kept, so that the next run need not build them
   * @param directory of the registry itself; made, and removed by {@link #close}
   */
  public static TestRegistry start(Path layouts, Path directory)
      throws IOException, InterruptedException {
    Files.createDirectories(layouts);
    Files.createDirectories(directory);
    var registry = new TestRegistry(RegistryFixture.start(directory), layouts, directory);
    registry.push(OfflineImages.busybox(layouts.resolve("busybox")), "busybox:latest");
    registry.push(OfflineImages.pause(layouts.resolve("pause")), "pause:latest");
    var variants = OfflineImages.variants(layouts.resolve("variants"));
    for (String name : variants.images().keySet()) {
      if (!name.startsWith("busybox:")) {
        registry.push(variants, name);
      }
    }
    return registry;
  }

  private void push(ImageLayoutReader layout, String name)
      throws IOException, InterruptedException {
    var manifest = layout.images().get(name);
    if (manifest == null) {
      throw new IOException("image layout '" + layout.root() + "' has no '" + name + "'");
    }
    registry.push(layout, manifest, "test/" + name);
  }

  /** {@code 127.0.0.1:port}. */
  public String address() {
    return registry.address();
  }

  /** A single-layer image with a shell. */
  public String busybox() {
    return registry.address() + "/test/busybox:latest";
  }

  /** An image whose process only waits, for runtimes that need one to hold a pod. */
  public String pause() {
    return registry.address() + "/test/pause:latest";
  }

  /**
   * An image of busybox and one file of its own.
   *
   * @param number 1 to 3
   */
  public String variant(int number) {
    return registry.address() + "/test/image-" + number + ":latest";
  }

  /**
   * An image whose processes run as {@code user}.
   *
   * @param user one of {@link OfflineImages#variants}, as "1002" or "www-data"
   */
  public String user(String user) {
    return registry.address() + "/test/user-" + user.replace(':', '-') + ":latest";
  }

  /** The image of eight layers and about 300 MB; building it the first time takes a while. */
  public String large() throws IOException, InterruptedException {
    push(OfflineImages.large(layouts.resolve("large")), "large:latest");
    return registry.address() + "/test/large:latest";
  }

  @Override
  public void close() throws IOException {
    registry.close();
    LeftBehind.release(directory);
  }
}
