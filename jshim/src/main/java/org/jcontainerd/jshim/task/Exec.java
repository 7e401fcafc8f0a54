package org.jcontainerd.jshim.task;

import java.util.Optional;
import org.jcontainerd.jshim.stdio.ClientStreams;
import org.jcontainerd.jshim.stdio.IoPlan;
import org.jcontainerd.oci.runtime.ProcessSpec;

/**
 * A process that was added to a container.
 *
 * @param spec what to run; empty for one that was adopted, which runs already
 * @param clients connections that wait for the start
 */
public record Exec(
    String id,
    Optional<ProcessSpec> spec,
    IoPlan plan,
    ClientStreams clients,
    TaskProcess process) {}
