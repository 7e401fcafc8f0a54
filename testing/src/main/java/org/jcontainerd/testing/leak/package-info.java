/** Checks that a test leaves the host as it was. */
@NullMarked
package org.jcontainerd.testing.leak;

import org.jspecify.annotations.NullMarked;
