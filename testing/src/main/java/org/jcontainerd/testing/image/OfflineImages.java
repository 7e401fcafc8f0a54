package org.jcontainerd.testing.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.jcontainerd.oci.image.ImageConfig;
import org.jcontainerd.testing.image.ImageLayoutWriter.Layer;

/**
 * Images that tests run and pull, built from the busybox of this machine. The same machine builds
 * the same digests.
 */
public final class OfflineImages {
  private static final List<String> ENV =
      List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  private static final ImageConfig.Execution SHELL =
      ImageConfig.Execution.running(ENV, List.of("sh"));

  private OfflineImages() {}

  /** A layout with the image {@code busybox:latest}: one layer of about a megabyte. */
  public static ImageLayoutReader busybox(Path directory) throws IOException {
    var layout = new ImageLayoutWriter(directory);
    var layer = layout.layer(BusyboxLayer::write);
    layout.name("busybox:latest", layout.image(SHELL, List.of(layer)));
    return new ImageLayoutReader(directory);
  }

  /**
   * A layout with the image {@code pause:latest}, whose only process sleeps: for runtimes that hold
   * a pod's namespaces by a container.
   */
  public static ImageLayoutReader pause(Path directory) throws IOException {
    var layout = new ImageLayoutWriter(directory);
    var layer = layout.layer(BusyboxLayer::write);
    var sleep = ImageConfig.Execution.running(ENV, List.of("sleep", "2147483647"));
    layout.name("pause:latest", layout.image(sleep, List.of(layer)));
    return new ImageLayoutReader(directory);
  }

  /** Images that differ from busybox by who runs in them, and by one file each. */
  public static ImageLayoutReader variants(Path directory) throws IOException {
    var layout = new ImageLayoutWriter(directory);
    var base = layout.layer(BusyboxLayer::write);
    layout.name("busybox:latest", layout.image(SHELL, List.of(base)));
    for (var user : List.of("1002", "www-data", "1003:1004", "www-data:1004", "1000")) {
      var name = "user-" + user.replace(':', '-') + ":latest";
      layout.name(name, layout.image(SHELL.as(user), List.of(base)));
    }
    for (int i = 1; i <= 3; i++) {
      var file = "image-" + i + ".txt";
      var top = layout.layer(tar -> tar.file(file, file + "\n"));
      layout.name("image-" + i + ":latest", layout.image(SHELL, List.of(base, top)));
    }
    return new ImageLayoutReader(directory);
  }

  /**
   * A layout with the image {@code large:latest}: busybox and eight layers, about 300 MB compressed
   * and 490 MB unpacked. Building takes half a minute, so a complete one in the directory is used
   * again.
   */
  public static ImageLayoutReader large(Path directory) throws IOException, InterruptedException {
    var reader = new ImageLayoutReader(directory);
    if (Files.exists(directory.resolve("index.json"))) {
      return reader;
    }
    var layout = new ImageLayoutWriter(directory);
    var tasks = new ArrayList<Callable<Layer>>();
    for (int i = 0; i < LargeLayers.LAYERS; i++) {
      var layers = new LargeLayers(i);
      boolean lowest = i == 0;
      tasks.add(() ->
          layout.layer(tar -> {
            if (lowest) {
              BusyboxLayer.write(tar);
            }
            layers.write(tar);
          }));
    }
    var built = new ArrayList<Layer>();
    try (var threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      for (var done : threads.invokeAll(tasks)) {
        built.add(done.get());
      }
    } catch (ExecutionException e) {
      throw new IOException("build large image: " + e.getCause(), e);
    }
    layout.name("large:latest", layout.image(SHELL, built));
    return reader;
  }
}
