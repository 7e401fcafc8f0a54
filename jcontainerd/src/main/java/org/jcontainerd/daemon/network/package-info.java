/**
 * The networks of pods: the CNI client. Configuration is read from a directory, plugins are called
 * in this process if they are ours and as programs if not, and every attachment is recorded on disk
 * before it is made, in the format of the specification's library.
 */
@NullMarked
package org.jcontainerd.daemon.network;

import org.jspecify.annotations.NullMarked;
