package org.jcontainerd.daemon.shim;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import org.jcontainerd.api.containerd.task.v3.CreateTaskRequest;
import org.jcontainerd.api.containerd.task.v3.CreateTaskResponse;
import org.jcontainerd.api.containerd.task.v3.DeleteRequest;
import org.jcontainerd.api.containerd.task.v3.DeleteResponse;
import org.jcontainerd.api.containerd.task.v3.ExecProcessRequest;
import org.jcontainerd.api.containerd.task.v3.KillRequest;
import org.jcontainerd.api.containerd.task.v3.ResizePtyRequest;
import org.jcontainerd.api.containerd.task.v3.StartRequest;
import org.jcontainerd.api.containerd.task.v3.StartResponse;
import org.jcontainerd.api.containerd.task.v3.UpdateTaskRequest;
import org.jcontainerd.api.containerd.task.v3.WaitRequest;
import org.jcontainerd.api.containerd.task.v3.WaitResponse;
import org.jcontainerd.api.shim.v1.ExecSyncRequest;
import org.jcontainerd.api.shim.v1.ExecSyncResponse;
import org.jcontainerd.api.shim.v1.InfoRequest;
import org.jcontainerd.api.shim.v1.InfoResponse;
import org.jcontainerd.api.shim.v1.ListTasksRequest;
import org.jcontainerd.api.shim.v1.ListTasksResponse;
import org.jcontainerd.api.shim.v1.ReopenLogRequest;
import org.jcontainerd.api.shim.v1.ReopenLogResponse;
import org.jcontainerd.ttrpc.Method;

/** The procedures of the shim that the daemon calls. */
final class ShimMethods {
  private static final String TASK = "containerd.task.v3.Task";
  private static final String SHIM = "jcontainerd.shim.v1.Shim";

  /** Two streams of 16 MiB, and what frames them; the shim declares the same. */
  private static final int LONGEST_EXEC_OUTPUT = (2 * 16 << 20) + (64 << 10);

  static final Method<CreateTaskRequest, CreateTaskResponse> CREATE =
      task("Create", CreateTaskRequest.parser(), CreateTaskResponse.parser());
  static final Method<StartRequest, StartResponse> START =
      task("Start", StartRequest.parser(), StartResponse.parser());
  static final Method<ExecProcessRequest, Empty> EXEC =
      task("Exec", ExecProcessRequest.parser(), Empty.parser());
  static final Method<KillRequest, Empty> KILL = task("Kill", KillRequest.parser(), Empty.parser());
  static final Method<WaitRequest, WaitResponse> WAIT =
      task("Wait", WaitRequest.parser(), WaitResponse.parser());
  static final Method<DeleteRequest, DeleteResponse> DELETE =
      task("Delete", DeleteRequest.parser(), DeleteResponse.parser());
  static final Method<ResizePtyRequest, Empty> RESIZE =
      task("ResizePty", ResizePtyRequest.parser(), Empty.parser());
  static final Method<UpdateTaskRequest, Empty> UPDATE =
      task("Update", UpdateTaskRequest.parser(), Empty.parser());
  static final Method<ExecSyncRequest, ExecSyncResponse> EXEC_SYNC =
      new Method<>(SHIM, "ExecSync", ExecSyncRequest.parser(), ExecSyncResponse.parser())
          .withMaxResponseBytes(LONGEST_EXEC_OUTPUT);
  static final Method<ReopenLogRequest, ReopenLogResponse> REOPEN_LOG =
      new Method<>(SHIM, "ReopenLog", ReopenLogRequest.parser(), ReopenLogResponse.parser());
  static final Method<ListTasksRequest, ListTasksResponse> LIST_TASKS =
      new Method<>(SHIM, "ListTasks", ListTasksRequest.parser(), ListTasksResponse.parser());
  static final Method<InfoRequest, InfoResponse> INFO =
      new Method<>(SHIM, "Info", InfoRequest.parser(), InfoResponse.parser());

  private ShimMethods() {}

  private static <Q extends MessageLite, R extends MessageLite> Method<Q, R> task(
      String name, Parser<Q> request, Parser<R> response) {
    return new Method<>(TASK, name, request, response);
  }
}
