/** Where cgroups are mounted and what they count. */
@NullMarked
package org.jcontainerd.linux.cgroup;

import org.jspecify.annotations.NullMarked;
