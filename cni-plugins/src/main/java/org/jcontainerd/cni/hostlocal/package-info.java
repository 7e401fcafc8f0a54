/** The CNI plugin hostlocal; see its *Plugin class. */
@NullMarked
package org.jcontainerd.cni.hostlocal;

import org.jspecify.annotations.NullMarked;
