/** The CNI plugin bridge; see its *Plugin class. */
@NullMarked
package org.jcontainerd.cni.bridge;

import org.jspecify.annotations.NullMarked;
