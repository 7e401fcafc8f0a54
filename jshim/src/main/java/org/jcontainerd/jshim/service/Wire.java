package org.jcontainerd.jshim.service;

import com.google.protobuf.Any;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import org.jcontainerd.api.containerd.types.task.Status;
import org.jcontainerd.jshim.task.TaskState;

/** Conversions between the wire's types and ours. */
final class Wire {
  private Wire() {}

  static Timestamp time(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  static Status status(TaskState state) {
    return switch (state) {
      case TaskState.Created _ -> Status.CREATED;
      case TaskState.Running _ -> Status.RUNNING;
      case TaskState.Paused _ -> Status.PAUSED;
      case TaskState.Stopped _, TaskState.Deleted _ -> Status.STOPPED;
    };
  }

  /** Whether {@code any} holds the named type; containerd writes type URLs without a host. */
  static boolean is(Any any, String fullName) {
    var url = any.getTypeUrl();
    return url.equals(fullName) || url.endsWith("/" + fullName);
  }
}
