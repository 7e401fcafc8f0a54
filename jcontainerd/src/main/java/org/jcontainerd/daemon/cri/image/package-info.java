@NullMarked
package org.jcontainerd.daemon.cri.image;

import org.jspecify.annotations.NullMarked;
