package org.jcontainerd.jrunc.cgroup;

import java.io.IOException;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.cgroup.CgroupLayout;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Spec;

/** Cgroups by making directories. */
public record CgroupfsDriver(CgroupLayout layout) implements CgroupDriver {
  public static final String NAME = "cgroupfs";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public ContainerCgroup place(Spec spec, String id) throws IOException, RuncFailure {
    Linux linux = spec.linux().orElseGet(() -> Linux.builder().build());
    Resources resources = linux.resources().orElseGet(() -> Resources.builder().build());
    return new ContainerCgroup(
        layout, CgroupPlacement.of(layout, linux.cgroupsPath(), id, resources));
  }

  @Override
  public Opening make(ContainerCgroup cgroup, Spec spec, String id) throws IOException {
    cgroup.create();
    return () -> {}; // a directory stays without a process
  }

  @Override
  public void admit(ContainerCgroup cgroup, ContainerCgroup entered, int pid) {
    // there is nobody else to ask
  }

  @Override
  public void update(ContainerCgroup cgroup, Resources resources) {
    // the files are all there is
  }

  @Override
  public void remove(ContainerCgroup cgroup) {
    // the directories are all there is
  }
}
