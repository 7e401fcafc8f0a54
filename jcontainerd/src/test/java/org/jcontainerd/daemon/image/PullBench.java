package org.jcontainerd.daemon.image;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.testing.image.OfflineImages;
import org.jcontainerd.testing.registry.RegistryFixture;

/**
 * Measures pulls of the large image from a registry on loopback, whose blobs are in the page cache.
 * Arguments: a directory for the image and the registry (kept), how often to pull, and a directory
 * to pull into.
 */
final class PullBench {
  private PullBench() {}

  public static void main(String[] arguments) throws Exception {
    var directory = Path.of(arguments[0]);
    int runs = Integer.parseInt(arguments[1]);
    var layout = OfflineImages.large(Files.createDirectories(directory.resolve("layout")));
    try (var registry =
        RegistryFixture.start(Files.createDirectories(directory.resolve("registry")))) {
      registry.push(layout, layout.images().get("large:latest"), "library/large:latest");
      for (int run = 1; run <= runs; run++) {
        var world = Files.createTempDirectory(Path.of(arguments[2]), "world");
        pull(world, registry.address() + "/library/large:latest", run);
      }
    }
  }

  private static void pull(Path directory, String name, int run) throws Exception {
    try (var world = new ImageWorld(directory)) {
      var progress = new PullProgress();
      long cpuBefore = cpuNanos();
      long start = System.nanoTime();
      var image = world.images.pull(ImageName.parse(name), Optional.empty(), progress);
      long pulled = System.nanoTime();
      world.images.remove(image.id().toString());
      long removed = System.nanoTime();
      double cpu = (cpuNanos() - cpuBefore) / 1e9;
      double seconds = (pulled - start) / 1e9;
      long unpacked = progress.layers().stream().mapToLong(PullProgress.Layer::unpackedBytes).sum();
      var line =
          String.format(
              Locale.ROOT,
              "run %d: %.2f s (CPU %.2f s with removal), %.0f MB/s compressed, %.0f MB/s unpacked;"
                  + " remove %.3f s%n",
              run,
              seconds,
              cpu,
              progress.totalBytes() / seconds / 1e6,
              unpacked / seconds / 1e6,
              (removed - pulled) / 1e9);
      System.out.write(line.getBytes(StandardCharsets.UTF_8));
      System.out.flush();
    } finally {
      try (var parent = org.jcontainerd.linux.fs.Directory.open(directory.resolve(".."))) {
        parent.removeTree(String.valueOf(directory.getFileName()));
      }
    }
  }

  private static long cpuNanos() {
    return java.lang.management.ManagementFactory.getPlatformMXBean(
            com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }
}
