@NullMarked
package org.jcontainerd.daemon.shim;

import org.jspecify.annotations.NullMarked;
