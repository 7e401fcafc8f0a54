/** The CNI plugin portmap; see {@code PortmapPlugin}. */
@NullMarked
package org.jcontainerd.cni.portmap;

import org.jspecify.annotations.NullMarked;
