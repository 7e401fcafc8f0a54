/** What is known of a container on disk. */
@NullMarked
package org.jcontainerd.jrunc.state;

import org.jspecify.annotations.NullMarked;
