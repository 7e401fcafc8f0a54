@NullMarked
package org.jcontainerd.daemon.sandbox;

import org.jspecify.annotations.NullMarked;
