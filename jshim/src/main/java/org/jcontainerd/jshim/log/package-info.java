/** CRI log files: format, journal, spool, and a writer that loses and doubles no line. */
@org.jspecify.annotations.NullMarked
package org.jcontainerd.jshim.log;
