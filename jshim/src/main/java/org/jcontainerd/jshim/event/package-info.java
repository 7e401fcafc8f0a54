/** Task events for containerd. */
@org.jspecify.annotations.NullMarked
package org.jcontainerd.jshim.event;
