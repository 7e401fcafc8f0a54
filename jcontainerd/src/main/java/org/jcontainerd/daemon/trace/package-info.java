@NullMarked
package org.jcontainerd.daemon.trace;

import org.jspecify.annotations.NullMarked;
