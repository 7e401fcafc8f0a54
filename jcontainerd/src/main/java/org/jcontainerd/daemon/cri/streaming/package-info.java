@NullMarked
package org.jcontainerd.daemon.cri.streaming;

import org.jspecify.annotations.NullMarked;
