/** Files by descriptor: container roots, memory files, pipes. */
@NullMarked
package org.jcontainerd.linux.fs;

import org.jspecify.annotations.NullMarked;
