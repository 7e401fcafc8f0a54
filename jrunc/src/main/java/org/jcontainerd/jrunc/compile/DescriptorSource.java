package org.jcontainerd.jrunc.compile;

import java.util.List;
import org.jcontainerd.oci.runtime.IdMapping;

/** What has to be open, and where it comes from, when a plan is launched: one per passed slot. */
public sealed interface DescriptorSource {

  /** A namespace file that a namespace is joined by. */
  record NamespaceFile(String path) implements DescriptorSource {}

  /** A process, as pidfd, whose namespaces are joined. */
  record ContainerProcess() implements DescriptorSource {}

  /**
   * The {@code tasks} file of the container's cgroup in a v1 hierarchy.
   *
   * @param hierarchy mount point of the hierarchy
   */
  record CgroupTasks(String hierarchy) implements DescriptorSource {}

  /** The container's directory in the v2 hierarchy. */
  record CgroupDirectory() implements DescriptorSource {}

  /** The {@code cgroup.procs} file of the container's cgroup in the v2 part of a hybrid layout. */
  record CgroupProcs() implements DescriptorSource {}

  /** The directory of the process, for the keeper's files. */
  record KeeperDirectory() implements DescriptorSource {}

  /** Standard input, output or error that the caller gave. */
  record StandardStream(int number) implements DescriptorSource {}

  /** One of the descriptors that the caller wants preserved. */
  record Preserved(int index) implements DescriptorSource {}

  /** A connection to the console socket. */
  record ConsoleSocket() implements DescriptorSource {}

  /** {@code exec.fifo}, opened with O_PATH. */
  record StartFifo() implements DescriptorSource {}

  /** A user namespace that has only these mappings, for an id-mapped mount. */
  record IdMapNamespace(List<IdMapping> uids, List<IdMapping> gids) implements DescriptorSource {}
}
