/** What in a bundle does not fit this host. */
@NullMarked
package org.jcontainerd.jrunc.check;

import org.jspecify.annotations.NullMarked;
