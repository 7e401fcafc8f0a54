/** Mounting, unmounting, and reading the mount table. */
@NullMarked
package org.jcontainerd.linux.mount;

import org.jspecify.annotations.NullMarked;
