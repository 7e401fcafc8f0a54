/** The daemon: CRI and containerd API over one socket. */
@NullMarked
package org.jcontainerd.daemon;

import org.jspecify.annotations.NullMarked;
