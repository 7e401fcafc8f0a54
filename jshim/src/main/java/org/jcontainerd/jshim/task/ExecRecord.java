package org.jcontainerd.jshim.task;

/**
 * What a later shim has to know of an exec that was started by Task.Start. One of ExecSync has no
 * record: its caller is gone with the shim. Immutable.
 */
public record ExecRecord(String id, StdioFields stdio) {}
