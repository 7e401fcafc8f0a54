@NullMarked
package org.jcontainerd.daemon.cri.stats;

import org.jspecify.annotations.NullMarked;
