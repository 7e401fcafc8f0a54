package org.jcontainerd.bench;

import java.io.IOException;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.RemoveImageRequest;

/**
 * Pull of the large image, layers and all, from a registry on loopback. What the last round left to
 * be written to disk is written before the next begins.
 */
record PullLarge(String image) implements Scenario {

  @Override
  public String name() {
    return "pull";
  }

  @Override
  public int rounds() {
    return 5;
  }

  @Override
  public int warmUpRounds() {
    return 1;
  }

  @Override
  public void round(Target target, Recorder recorder) throws IOException, InterruptedException {
    int synced = new ProcessBuilder("sync").inheritIO().start().waitFor();
    if (synced != 0) {
      throw new IOException("sync: exit code " + synced);
    }
    long began = System.nanoTime();
    String id = target.pods().pull(image);
    long pulled = System.nanoTime();
    var _ =
        target
            .cri()
            .images()
            .removeImage(
                RemoveImageRequest.newBuilder()
                    .setImage(ImageSpec.newBuilder().setImage(id))
                    .build());
    long removed = System.nanoTime();
    recorder.time("pull of 300 MB in 8 layers", began, pulled);
    recorder.time("RemoveImage of it", pulled, removed);
  }
}
