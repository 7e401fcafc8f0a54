/** The systemd cgroup driver: a container's cgroup as a transient unit. */
@NullMarked
package org.jcontainerd.jrunc.systemd;

import org.jspecify.annotations.NullMarked;
