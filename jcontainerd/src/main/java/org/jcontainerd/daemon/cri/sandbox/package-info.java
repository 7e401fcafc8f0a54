@NullMarked
package org.jcontainerd.daemon.cri.sandbox;

import org.jspecify.annotations.NullMarked;
