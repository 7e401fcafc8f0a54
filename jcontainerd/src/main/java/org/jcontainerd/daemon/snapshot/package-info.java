/** The records of snapshots in the daemon's database. */
@NullMarked
package org.jcontainerd.daemon.snapshot;

import org.jspecify.annotations.NullMarked;
