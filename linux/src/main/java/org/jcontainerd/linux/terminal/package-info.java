/** Terminals and pseudo terminals. */
@NullMarked
package org.jcontainerd.linux.terminal;

import org.jspecify.annotations.NullMarked;
