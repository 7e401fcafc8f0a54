/** Network namespaces, pinned to files. */
@NullMarked
package org.jcontainerd.linux.netns;

import org.jspecify.annotations.NullMarked;
