package org.jcontainerd.jrunc.compile;

import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.plan.ProcessStep;

/** How a process enters its cgroups where the clone did not put it there: cgroup v1 and hybrid. */
final class CgroupEntry {
  private CgroupEntry() {}

  static void compile(StepList steps, HostFacts host, Map<String, String> directories) {
    if (host.pureV2()) {
      return;
    }
    for (HostFacts.V1Hierarchy hierarchy : host.v1()) {
      if (directories.containsKey(hierarchy.mountPoint())) {
        steps.add(
            new ProcessStep.EnterCgroup(
                steps.needs(
                    "tasks of " + hierarchy.directory(),
                    new DescriptorSource.CgroupTasks(hierarchy.mountPoint()))));
      }
    }
    Optional<String> unified = host.v2().filter(directories::containsKey);
    if (unified.isPresent()) {
      steps.add(
          new ProcessStep.EnterCgroup(
              steps.needs("procs of cgroup2", new DescriptorSource.CgroupProcs())));
    }
  }
}
