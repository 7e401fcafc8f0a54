package org.jcontainerd.jshim.log;

/** A stream of a process as it is named in a CRI log. A terminal's output is stdout. */
public enum LogStream {
  STDOUT("stdout"),
  STDERR("stderr");

  private final String word;

  LogStream(String word) {
    this.word = word;
  }

  /** The word in the log. */
  public String word() {
    return word;
  }

  /** Place in the journal: 0 or 1. */
  int index() {
    return this == STDOUT ? 0 : 1;
  }

  static LogStream of(int index) {
    return index == 0 ? STDOUT : STDERR;
  }
}
