@NullMarked
package org.jcontainerd.daemon.concurrent;

import org.jspecify.annotations.NullMarked;
