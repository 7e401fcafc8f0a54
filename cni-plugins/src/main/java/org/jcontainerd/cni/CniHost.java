package org.jcontainerd.cni;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The side of an attachment that is not the sandbox.
 *
 * @param netns the host's network namespace; empty is that of the calling thread, as for every
 *     plugin that is a program
 * @param sandboxEnds whether the caller of DEL deletes the sandbox's network namespace right after.
 *     Then DEL cuts the link off without waiting and leaves it to go down with the namespace, which
 *     saves the kernel's grace period of some 20 ms; the namespaces of several sandboxes share one.
 *     A program is never told, so it always deletes the link itself.
 */
public record CniHost(Optional<Path> netns, boolean sandboxEnds) {
  /** The calling thread's namespace; DEL deletes everything itself. */
  public static final CniHost HERE = new CniHost(Optional.empty(), false);
}
