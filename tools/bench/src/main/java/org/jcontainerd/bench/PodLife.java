package org.jcontainerd.bench;

import org.jcontainerd.testing.cri.Pods;

/** One pod with one container from start to removal, call by call, with commands run in it. */
record PodLife(String image) implements Scenario {
  private static final int EXECS = 10;

  @Override
  public String name() {
    return "pod";
  }

  @Override
  public int rounds() {
    return 30;
  }

  @Override
  public int warmUpRounds() {
    return 5;
  }

  @Override
  public void round(Target target, Recorder recorder) {
    var pod = target.pods().pod("life").build();
    var container = Pods.container("main", image, "sleep", "3600").build();
    long began = System.nanoTime();
    String podId = target.pods().run(pod);
    long ready = System.nanoTime();
    String id = target.pods().create(podId, pod, container);
    long created = System.nanoTime();
    target.pods().start(id);
    long started = System.nanoTime();
    for (int i = 0; i < EXECS; i++) {
      exec(target, id, recorder);
    }
    long stopping = System.nanoTime();
    target.pods().stop(podId);
    long stopped = System.nanoTime();
    target.pods().remove(podId);
    long removed = System.nanoTime();
    recorder.time("RunPodSandbox", began, ready);
    recorder.time("CreateContainer", ready, created);
    recorder.time("StartContainer", created, started);
    recorder.time("Create + Start", ready, started);
    recorder.time("pod start (all three)", began, started);
    recorder.time("StopPodSandbox", stopping, stopped);
    recorder.time("RemovePodSandbox", stopped, removed);
    recorder.time("Stop + Remove", stopping, removed);
  }

  private static void exec(Target target, String id, Recorder recorder) {
    long began = System.nanoTime();
    var answer = target.pods().exec(id, "true");
    long ended = System.nanoTime();
    if (answer.getExitCode() != 0) {
      throw new IllegalStateException("exec 'true' on " + target.name() + ": " + answer);
    }
    recorder.time("ExecSync", began, ended);
  }
}
