/** Which AppArmor profile a container's processes get. */
@NullMarked
package org.jcontainerd.daemon.apparmor;

import org.jspecify.annotations.NullMarked;
