/** Talking to keepers: the helpers that stay as parents of processes. */
@NullMarked
package org.jcontainerd.jrunc.keeper;

import org.jspecify.annotations.NullMarked;
