@NullMarked
package org.jcontainerd.daemon.spec;

import org.jspecify.annotations.NullMarked;
