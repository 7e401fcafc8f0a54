/** Real runtimes on private sockets and directories: ours as built, and the peers. */
@NullMarked
package org.jcontainerd.testing.runtime;

import org.jspecify.annotations.NullMarked;
