/** The CNI plugin portmap; see its *Plugin class. */
@NullMarked
package org.jcontainerd.cni.portmap;

import org.jspecify.annotations.NullMarked;
