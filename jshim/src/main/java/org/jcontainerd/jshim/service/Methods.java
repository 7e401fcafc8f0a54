package org.jcontainerd.jshim.service;

import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import org.jcontainerd.api.containerd.task.v3.CheckpointTaskRequest;
import org.jcontainerd.api.containerd.task.v3.CloseIORequest;
import org.jcontainerd.api.containerd.task.v3.ConnectRequest;
import org.jcontainerd.api.containerd.task.v3.ConnectResponse;
import org.jcontainerd.api.containerd.task.v3.CreateTaskRequest;
import org.jcontainerd.api.containerd.task.v3.CreateTaskResponse;
import org.jcontainerd.api.containerd.task.v3.DeleteRequest;
import org.jcontainerd.api.containerd.task.v3.DeleteResponse;
import org.jcontainerd.api.containerd.task.v3.ExecProcessRequest;
import org.jcontainerd.api.containerd.task.v3.KillRequest;
import org.jcontainerd.api.containerd.task.v3.PauseRequest;
import org.jcontainerd.api.containerd.task.v3.PidsRequest;
import org.jcontainerd.api.containerd.task.v3.PidsResponse;
import org.jcontainerd.api.containerd.task.v3.ResizePtyRequest;
import org.jcontainerd.api.containerd.task.v3.ResumeRequest;
import org.jcontainerd.api.containerd.task.v3.ShutdownRequest;
import org.jcontainerd.api.containerd.task.v3.StartRequest;
import org.jcontainerd.api.containerd.task.v3.StartResponse;
import org.jcontainerd.api.containerd.task.v3.StateRequest;
import org.jcontainerd.api.containerd.task.v3.StateResponse;
import org.jcontainerd.api.containerd.task.v3.StatsRequest;
import org.jcontainerd.api.containerd.task.v3.StatsResponse;
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

/** Every procedure this shim answers. */
public final class Methods {
  /** The task service; version 2 has the same procedures and messages under another name. */
  public static final String TASK = "containerd.task.v3.Task";

  public static final String TASK_V2 = "containerd.task.v2.Task";
  private static final String SHIM = "jcontainerd.shim.v1.Shim";

  public static final Method<StateRequest, StateResponse> STATE =
      task("State", StateRequest.parser(), StateResponse.parser());
  public static final Method<CreateTaskRequest, CreateTaskResponse> CREATE =
      task("Create", CreateTaskRequest.parser(), CreateTaskResponse.parser());
  public static final Method<StartRequest, StartResponse> START =
      task("Start", StartRequest.parser(), StartResponse.parser());
  public static final Method<DeleteRequest, DeleteResponse> DELETE =
      task("Delete", DeleteRequest.parser(), DeleteResponse.parser());
  public static final Method<PidsRequest, PidsResponse> PIDS =
      task("Pids", PidsRequest.parser(), PidsResponse.parser());
  public static final Method<PauseRequest, Empty> PAUSE =
      task("Pause", PauseRequest.parser(), Empty.parser());
  public static final Method<ResumeRequest, Empty> RESUME =
      task("Resume", ResumeRequest.parser(), Empty.parser());
  public static final Method<CheckpointTaskRequest, Empty> CHECKPOINT =
      task("Checkpoint", CheckpointTaskRequest.parser(), Empty.parser());
  public static final Method<KillRequest, Empty> KILL =
      task("Kill", KillRequest.parser(), Empty.parser());
  public static final Method<ExecProcessRequest, Empty> EXEC =
      task("Exec", ExecProcessRequest.parser(), Empty.parser());
  public static final Method<ResizePtyRequest, Empty> RESIZE_PTY =
      task("ResizePty", ResizePtyRequest.parser(), Empty.parser());
  public static final Method<CloseIORequest, Empty> CLOSE_IO =
      task("CloseIO", CloseIORequest.parser(), Empty.parser());
  public static final Method<UpdateTaskRequest, Empty> UPDATE =
      task("Update", UpdateTaskRequest.parser(), Empty.parser());
  public static final Method<WaitRequest, WaitResponse> WAIT =
      task("Wait", WaitRequest.parser(), WaitResponse.parser());
  public static final Method<StatsRequest, StatsResponse> STATS =
      task("Stats", StatsRequest.parser(), StatsResponse.parser());
  public static final Method<ConnectRequest, ConnectResponse> CONNECT =
      task("Connect", ConnectRequest.parser(), ConnectResponse.parser());
  public static final Method<ShutdownRequest, Empty> SHUTDOWN =
      task("Shutdown", ShutdownRequest.parser(), Empty.parser());

  public static final Method<ExecSyncRequest, ExecSyncResponse> EXEC_SYNC =
      new Method<>(SHIM, "ExecSync", ExecSyncRequest.parser(), ExecSyncResponse.parser())
          .withMaxResponseBytes(ExecSync.MAX_RESPONSE_BYTES);
  public static final Method<ReopenLogRequest, ReopenLogResponse> REOPEN_LOG =
      new Method<>(SHIM, "ReopenLog", ReopenLogRequest.parser(), ReopenLogResponse.parser());
  public static final Method<ListTasksRequest, ListTasksResponse> LIST_TASKS =
      new Method<>(SHIM, "ListTasks", ListTasksRequest.parser(), ListTasksResponse.parser());
  public static final Method<InfoRequest, InfoResponse> INFO =
      new Method<>(SHIM, "Info", InfoRequest.parser(), InfoResponse.parser());

  private Methods() {}

  private static <Q extends Message, R extends Message> Method<Q, R> task(
      String name, Parser<Q> request, Parser<R> response) {
    return new Method<>(TASK, name, request, response);
  }
}
