@NullMarked
package org.jcontainerd.daemon.stats;

import org.jspecify.annotations.NullMarked;
