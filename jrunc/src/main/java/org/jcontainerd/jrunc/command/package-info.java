/** The command line: arguments, output and exit codes as runc's. */
@NullMarked
package org.jcontainerd.jrunc.command;

import org.jspecify.annotations.NullMarked;
