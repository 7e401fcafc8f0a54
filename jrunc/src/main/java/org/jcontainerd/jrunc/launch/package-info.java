/** Starting the helper with a plan, and hearing what becomes of it. */
@NullMarked
package org.jcontainerd.jrunc.launch;

import org.jspecify.annotations.NullMarked;
