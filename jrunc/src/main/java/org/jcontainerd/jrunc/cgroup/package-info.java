/** The cgroup of a container: its directories, its limits, its processes. */
@NullMarked
package org.jcontainerd.jrunc.cgroup;

import org.jspecify.annotations.NullMarked;
