package org.jcontainerd.jshim.service;

import java.nio.file.Path;
import org.jcontainerd.jshim.task.ContainerRuntime;

/** The OCI runtime by its state directory. Thread-safe. */
@FunctionalInterface
public interface Runtimes {
  ContainerRuntime at(Path root);
}
