/** What a container has used, in the words of runc's {@code events}. */
@NullMarked
package org.jcontainerd.jrunc.stats;

import org.jspecify.annotations.NullMarked;
