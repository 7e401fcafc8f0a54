/** The ttrpc protocol: framing, client and server. */
@NullMarked
package org.jcontainerd.ttrpc;

import org.jspecify.annotations.NullMarked;
