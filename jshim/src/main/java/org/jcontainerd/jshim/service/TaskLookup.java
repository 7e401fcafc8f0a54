package org.jcontainerd.jshim.service;

import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.jshim.task.Task;
import org.jcontainerd.jshim.task.TaskId;
import org.jcontainerd.jshim.task.Tasks;
import org.jcontainerd.ttrpc.Call;
import org.jcontainerd.ttrpc.TtrpcException;

/**
 * Finds the task a call speaks of: its namespace comes with the metadata, its id with the request.
 */
record TaskLookup(Tasks tasks) {
  Task find(Call call, String id) throws ShimFailure, TtrpcException {
    return tasks.get(TaskId.of(call.namespace(), id));
  }
}
