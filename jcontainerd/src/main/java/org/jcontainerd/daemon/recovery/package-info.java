@NullMarked
package org.jcontainerd.daemon.recovery;

import org.jspecify.annotations.NullMarked;
