package org.jcontainerd.bench;

import java.io.IOException;
import org.jcontainerd.testing.cri.CriClient;
import org.jcontainerd.testing.cri.Pods;
import org.jcontainerd.testing.runtime.RunningRuntime;

/** A runtime that is measured, with one warm connection. Confined to one thread but for pods. */
final class Target implements AutoCloseable {
  private final RunningRuntime runtime;
  private CriClient cri;
  private Pods pods;

  /** Takes the runtime over: closes it too. */
  Target(RunningRuntime runtime) {
    this.runtime = runtime;
    this.cri = new CriClient(runtime.socket());
    this.pods = podsOf(runtime, cri);
  }

  private static Pods podsOf(RunningRuntime runtime, CriClient cri) {
    return new Pods(cri, runtime.directory().resolve("pod-logs"));
  }

  /** Connects anew, after a restart: the old connection waits before it tries again. */
  void connect() {
    cri.close();
    cri = new CriClient(runtime.socket());
    pods = podsOf(runtime, cri);
  }

  String name() {
    return runtime.name();
  }

  RunningRuntime runtime() {
    return runtime;
  }

  CriClient cri() {
    return cri;
  }

  Pods pods() {
    return pods;
  }

  @Override
  public void close() throws IOException {
    cri.close();
    runtime.close();
  }
}
