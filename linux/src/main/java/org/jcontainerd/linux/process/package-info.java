/** Starting, signalling, observing and reaping processes. */
@NullMarked
package org.jcontainerd.linux.process;

import org.jspecify.annotations.NullMarked;
