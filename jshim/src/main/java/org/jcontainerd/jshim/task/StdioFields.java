package org.jcontainerd.jshim.task;

/** Streams as the caller of Create or Exec named them; empty: none. */
public record StdioFields(String stdin, String stdout, String stderr, boolean terminal) {}
