@NullMarked
package org.jcontainerd.daemon.signal;

import org.jspecify.annotations.NullMarked;
