/** The operations of the runtime, one a file. */
@NullMarked
package org.jcontainerd.jrunc.operation;

import org.jspecify.annotations.NullMarked;
