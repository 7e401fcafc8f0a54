/** {@code jctl}, the operator's command line. */
@NullMarked
package org.jcontainerd.jctl;

import org.jspecify.annotations.NullMarked;
