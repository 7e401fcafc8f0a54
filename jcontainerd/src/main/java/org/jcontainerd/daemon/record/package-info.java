@NullMarked
package org.jcontainerd.daemon.record;

import org.jspecify.annotations.NullMarked;
