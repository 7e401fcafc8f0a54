package org.jcontainerd.jrunc.compile;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.seccomp.Filter;
import org.jcontainerd.oci.runtime.Linux;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;

/**
 * Everything that the plan of a container is made from.
 *
 * @param id the container
 * @param bundle absolute
 * @param rootfs the root directory on the host, absolute, without links
 * @param rootParent the mount point that the root directory is on
 * @param seccomp the compiled filter, if the configuration has one
 * @param cgroupDirectories the container's directory in each hierarchy, by the hierarchy's mount
 *     point
 * @param home home directory of the user, for HOME
 * @param streams where the standard streams lead
 * @param keeper whether the helper stays
 * @param preserved how many descriptors from 3 on are given to the process
 * @param noPivot move the root instead of pivot_root
 * @param noNewKeyring keep the session keyring
 */
public record CreateInput(
    String id,
    Spec spec,
    Path bundle,
    Path rootfs,
    Path rootParent,
    HostFacts host,
    Optional<Filter> seccomp,
    Map<String, String> cgroupDirectories,
    Optional<String> home,
    StreamKind streams,
    boolean keeper,
    int preserved,
    boolean noPivot,
    boolean noNewKeyring) {

  Linux linux() {
    return spec.linux().orElseGet(() -> Linux.builder().build());
  }

  Namespaces namespaces() throws RuncFailure.InvalidArgument {
    return Namespaces.of(linux().namespaces());
  }

  ProcessSpec process() throws RuncFailure.InvalidArgument {
    return spec.process()
        .orElseThrow(() -> new RuncFailure.InvalidArgument("process", "property must be set"));
  }
}
