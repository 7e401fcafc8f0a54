/** The OCI runtime: a library, and a command line as runc's. */
@NullMarked
package org.jcontainerd.jrunc;

import org.jspecify.annotations.NullMarked;
