/** The protocol of criu(8), which saves and restores processes. */
@NullMarked
package org.jcontainerd.jrunc.checkpoint;

import org.jspecify.annotations.NullMarked;
