package org.jcontainerd.jrunc.compile;

import java.util.List;

/** The words of a configuration that this runtime understands, for {@code features}. */
public final class SpecVocabulary {
  private SpecVocabulary() {}

  public static List<String> mountOptions() {
    return MountOptions.known();
  }

  public static List<String> namespaces() {
    return List.of("cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts");
  }

  public static List<String> memoryModes() {
    return Scheduling.memoryModes();
  }

  public static List<String> memoryFlags() {
    return Scheduling.memoryFlags();
  }
}
