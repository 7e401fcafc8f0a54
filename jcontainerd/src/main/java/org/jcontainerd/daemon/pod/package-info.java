@NullMarked
package org.jcontainerd.daemon.pod;

import org.jspecify.annotations.NullMarked;
