/** Waiting for the kernel on one thread. */
@NullMarked
package org.jcontainerd.linux.loop;

import org.jspecify.annotations.NullMarked;
