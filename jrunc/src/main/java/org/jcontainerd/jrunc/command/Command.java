package org.jcontainerd.jrunc.command;

import java.io.IOException;
import org.jcontainerd.jrunc.RuncFailure;

/** One verb of the command line. */
interface Command {
  /** The verb. */
  String name();

  /** What follows it, a colon, and what it does, in one line. */
  String usage();

  /** What follows the verb, such as {@code [--force] CONTAINER}. */
  default String synopsis() {
    return usage().substring(0, usage().indexOf(": ")).strip();
  }

  /** What it does, in one line. */
  default String summary() {
    return usage().substring(usage().indexOf(": ") + 2);
  }

  /** What its manual page says besides the options: paragraphs, divided by empty lines. */
  default String description() {
    return "";
  }

  /** Its options. */
  Flags flags();

  /**
   * Does it.
   *
   * @return the exit code
   */
  int run(Invocation invocation) throws IOException, RuncFailure, UsageException;

  /**
   * The exit code if it fails; those of the container's process are passed on instead where there
   * is one.
   */
  default int failureCode() {
    return 1;
  }

  /** What failures are introduced by. */
  default String failurePrefix() {
    return "";
  }
}
