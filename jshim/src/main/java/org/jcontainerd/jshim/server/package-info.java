/** The shim as a process: its lock, its sockets, what it adopts, its life. */
@org.jspecify.annotations.NullMarked
package org.jcontainerd.jshim.server;
