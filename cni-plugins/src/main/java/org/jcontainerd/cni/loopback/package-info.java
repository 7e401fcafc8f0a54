/** The CNI plugin loopback; see its *Plugin class. */
@NullMarked
package org.jcontainerd.cni.loopback;

import org.jspecify.annotations.NullMarked;
