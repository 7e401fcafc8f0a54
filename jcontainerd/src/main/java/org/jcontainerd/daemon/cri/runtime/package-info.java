@NullMarked
package org.jcontainerd.daemon.cri.runtime;

import org.jspecify.annotations.NullMarked;
