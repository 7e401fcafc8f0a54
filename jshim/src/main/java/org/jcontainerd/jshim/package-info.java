/** The shim: serves the task API for the containers of one node. */
@NullMarked
package org.jcontainerd.jshim;

import org.jspecify.annotations.NullMarked;
