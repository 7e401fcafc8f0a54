/**
 * The streaming server behind the URLs of the CRI calls Exec, Attach and PortForward: SPDY/3.1 on
 * loopback with single-use tokens.
 */
@NullMarked
package org.jcontainerd.daemon.streaming;

import org.jspecify.annotations.NullMarked;
