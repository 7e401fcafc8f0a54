@NullMarked
package org.jcontainerd.daemon.cri;

import org.jspecify.annotations.NullMarked;
