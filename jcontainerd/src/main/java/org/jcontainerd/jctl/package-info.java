/** {@code jctl}, the operator's tool: docker-like verbs over any CRI socket. */
@NullMarked
package org.jcontainerd.jctl;

import org.jspecify.annotations.NullMarked;
