/** Tasks and execs: their states, their registry, and the operations on them. */
@org.jspecify.annotations.NullMarked
package org.jcontainerd.jshim.task;
