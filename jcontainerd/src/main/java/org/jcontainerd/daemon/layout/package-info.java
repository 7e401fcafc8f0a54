@NullMarked
package org.jcontainerd.daemon.layout;

import org.jspecify.annotations.NullMarked;
