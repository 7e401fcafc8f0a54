package org.jcontainerd.bench;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import org.jcontainerd.api.cri.v1.VersionRequest;
import org.jcontainerd.testing.cri.Pods;

/**
 * The daemon from exec to its first answer, after a kill, with one pod running; and the first pod
 * of a daemon that has just started.
 */
record DaemonStart(String image) implements Scenario {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Override
  public String name() {
    return "start";
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
    String kept = startOne(target, "kept");
    target.runtime().kill();
    long began = System.nanoTime();
    target.runtime().start();
    target.connect();
    awaitAnswer(target);
    long answered = System.nanoTime();
    String first = startOne(target, "first");
    long up = System.nanoTime();
    recorder.time("daemon from exec to its first answer", began, answered);
    recorder.time("first pod after that (all three)", answered, up);
    for (String podId : new String[] {kept, first}) {
      target.pods().stop(podId);
      target.pods().remove(podId);
    }
  }

  /** containerd listens before it serves CRI, and says so. */
  private static void awaitAnswer(Target target) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        var _ = target.cri().runtime().version(VersionRequest.getDefaultInstance());
        return;
      } catch (StatusRuntimeException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(1);
      }
    }
  }

  private String startOne(Target target, String name) {
    var pod = target.pods().pod(name).build();
    String podId = target.pods().run(pod);
    target
        .pods()
        .start(
            target
                .pods()
                .create(podId, pod, Pods.container("main", image, "sleep", "3600").build()));
    return podId;
  }
}
