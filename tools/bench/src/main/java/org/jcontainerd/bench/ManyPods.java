package org.jcontainerd.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.jcontainerd.bench.Samples.Unit;
import org.jcontainerd.testing.cri.Pods;
import org.jcontainerd.testing.runtime.LeftBehind;

/**
 * Twenty pods at once from eight workers; what they cost in memory while they run.
 *
 * <p>Memory per pod is the growth of the proportional set size of all processes but this one, by
 * pod: the containers' own processes, which hold a pod (pause or keeper), shims, and what the
 * daemon grew by; a page shared by several processes counts once. It is the price of one more pod,
 * so what is there without pods (the daemon; our shim, which serves many pods and stays) is shown
 * apart. Neither counts the kernel's part, nor page cache; MemAvailable does, and other work with
 * it.
 */
record ManyPods(String image) implements Scenario {
  static final int PODS = 20;
  private static final int WORKERS = 8;
  private static final double MEGABYTE = 1e6;

  @Override
  public String name() {
    return "many";
  }

  @Override
  public int rounds() {
    return 3;
  }

  @Override
  public int warmUpRounds() {
    return 1;
  }

  @Override
  public void round(Target target, Recorder recorder) throws Exception {
    double idle = Memory.pssOf(LeftBehind.processes(target.runtime().directory()));
    var before = Memory.now();
    long began = System.nanoTime();
    List<String> pods = inParallel(i -> startOne(target, i));
    long up = System.nanoTime();
    var with = Memory.now();
    long stopping = System.nanoTime();
    List<String> unused =
        inParallel(i -> {
          target.pods().stop(pods.get(i));
          target.pods().remove(pods.get(i));
          return pods.get(i);
        });
    long down = System.nanoTime();
    if (unused.size() != PODS) {
      throw new AssertionError("every pod is removed");
    }
    recorder.time("20 pods from 8 workers, all up", began, up);
    recorder.time("20 pods from 8 workers, all removed", stopping, down);
    recorder.add("memory of the runtime without pods (PSS)", Unit.MEGABYTES, idle / MEGABYTE);
    recorder.add(
        "memory of the runtime with 20 pods (PSS)",
        Unit.MEGABYTES,
        (idle + with.pss() - before.pss()) / MEGABYTE);
    recorder.add(
        "memory per pod (PSS)", Unit.MEGABYTES, (with.pss() - before.pss()) / MEGABYTE / PODS);
    recorder.add(
        "memory per pod (MemAvailable)",
        Unit.MEGABYTES,
        (before.available() - with.available()) / MEGABYTE / PODS);
  }

  private String startOne(Target target, int number) {
    var pod = target.pods().pod("many-" + number).build();
    String podId = target.pods().run(pod);
    String id =
        target.pods().create(podId, pod, Pods.container("main", image, "sleep", "3600").build());
    target.pods().start(id);
    return podId;
  }

  private static List<String> inParallel(IntFunction<String> work)
      throws InterruptedException, ExecutionException {
    try (var workers = Executors.newFixedThreadPool(WORKERS)) {
      var running = new ArrayList<Future<String>>();
      for (int i = 0; i < PODS; i++) {
        int number = i;
        running.add(workers.submit(() -> work.apply(number)));
      }
      var results = new ArrayList<String>();
      for (Future<String> each : running) {
        results.add(each.get());
      }
      return results;
    }
  }
}
