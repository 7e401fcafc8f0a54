package org.jcontainerd.jshim.service;

import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.jshim.task.Task;
import org.jcontainerd.jshim.task.TaskId;
import org.jcontainerd.ttrpc.Call;

/**
 * Finds the task a call speaks of: its namespace comes with the metadata, its id with the request.
 */
record TaskLookup(ShimParts shim) {
  Task find(Call call, String id) throws ShimFailure {
    return shim.tasks().get(TaskId.of(shim.namespaceOf(call), id));
  }
}
