/** Unix sockets that carry messages and descriptors. */
@NullMarked
package org.jcontainerd.linux.socket;

import org.jspecify.annotations.NullMarked;
