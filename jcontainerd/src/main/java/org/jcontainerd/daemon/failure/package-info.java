@NullMarked
package org.jcontainerd.daemon.failure;

import org.jspecify.annotations.NullMarked;
