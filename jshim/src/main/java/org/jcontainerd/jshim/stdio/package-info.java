/** The streams of processes: loops that move bytes, logs, attached clients, fifos. */
@org.jspecify.annotations.NullMarked
package org.jcontainerd.jshim.stdio;
