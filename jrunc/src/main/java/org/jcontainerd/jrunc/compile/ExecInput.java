package org.jcontainerd.jrunc.compile;

import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.seccomp.Filter;
import org.jcontainerd.oci.runtime.ProcessSpec;

/**
 * Everything that the plan of a further process in a container is made from.
 *
 * @param namespaces those of the container
 * @param setGroups whether groups can be set in the container's user namespace
 * @param chroot the root directory, if the container has no mount namespace of its own
 * @param cgroupDirectories the directory to enter in each hierarchy, by the hierarchy's mount point
 * @param detach whether the helper ends when the program runs, if it is no keeper
 */
public record ExecInput(
    ProcessSpec process,
    Namespaces namespaces,
    boolean setGroups,
    Optional<String> chroot,
    HostFacts host,
    Optional<Filter> seccomp,
    Map<String, String> cgroupDirectories,
    Optional<String> home,
    StreamKind streams,
    boolean keeper,
    boolean detach,
    int preserved) {}
