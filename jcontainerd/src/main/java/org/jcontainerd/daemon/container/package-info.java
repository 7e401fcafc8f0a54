@NullMarked
package org.jcontainerd.daemon.container;

import org.jspecify.annotations.NullMarked;
