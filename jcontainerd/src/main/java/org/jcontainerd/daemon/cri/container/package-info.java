@NullMarked
package org.jcontainerd.daemon.cri.container;

import org.jspecify.annotations.NullMarked;
