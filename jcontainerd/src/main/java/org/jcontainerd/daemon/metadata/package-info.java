/** The daemon's records on disk: one SQLite database, whose tables belong to the features. */
@NullMarked
package org.jcontainerd.daemon.metadata;

import org.jspecify.annotations.NullMarked;
