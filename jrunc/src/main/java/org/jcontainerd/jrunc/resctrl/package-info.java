/** Classes of service and monitoring groups of the resctrl file system. */
@NullMarked
package org.jcontainerd.jrunc.resctrl;

import org.jspecify.annotations.NullMarked;
