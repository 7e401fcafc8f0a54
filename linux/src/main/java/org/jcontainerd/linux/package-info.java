/** The Linux kernel in Java: file descriptors, mounts, processes, cgroups, netlink, seccomp. */
@NullMarked
package org.jcontainerd.linux;

import org.jspecify.annotations.NullMarked;
