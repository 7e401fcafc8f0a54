package org.jcontainerd.jrunc.cgroup;

import java.io.IOException;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.oci.runtime.Resources;
import org.jcontainerd.oci.runtime.Spec;

/**
 * Says where a container's cgroup is, and makes and removes it. Limits are written to its files by
 * {@link ContainerCgroup} after either driver. Stateless besides what it is made with.
 */
public interface CgroupDriver {
  /** The name that a container's state has: {@code cgroupfs} or {@code systemd}. */
  String name();

  /**
   * The cgroup of a container that is to be made.
   *
   * @throws RuncFailure.InvalidArgument if {@code linux.cgroupsPath} is not of the driver's form
   */
  ContainerCgroup place(Spec spec, String id) throws IOException, RuncFailure;

  /**
   * Makes the cgroup; one that is there is taken as it is.
   *
   * @return closed by the caller as soon as the container's process is in the cgroup
   */
  Opening make(ContainerCgroup cgroup, Spec spec, String id) throws IOException, RuncFailure;

  /**
   * Has a process of the runtime's moved into the cgroup where the runtime may not move it itself;
   * does nothing where it may.
   *
   * @param cgroup the container's
   * @param entered the same, or one below
   * @param pid of a process that will start others in the cgroup
   */
  void admit(ContainerCgroup cgroup, ContainerCgroup entered, int pid) throws IOException;

  /** Is told new limits, before they are written to the files. */
  void update(ContainerCgroup cgroup, Resources resources) throws IOException, RuncFailure;

  /** Gives up what the driver keeps beside the directories; what is gone is fine. */
  void remove(ContainerCgroup cgroup) throws IOException;

  /** Keeps a cgroup that has no process yet. */
  @FunctionalInterface
  interface Opening extends AutoCloseable {
    @Override
    void close() throws IOException;
  }
}
