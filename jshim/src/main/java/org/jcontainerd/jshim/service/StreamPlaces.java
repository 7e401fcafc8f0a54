package org.jcontainerd.jshim.service;

import java.io.IOException;
import org.jcontainerd.jshim.log.LogStream;
import org.jcontainerd.jshim.stdio.ClientStreams;
import org.jcontainerd.jshim.stdio.IoPlan;
import org.jcontainerd.jshim.stdio.ProcessIo;
import org.jcontainerd.jshim.stdio.StreamRequest;
import org.jcontainerd.jshim.stdio.StreamRouter;
import org.jcontainerd.jshim.task.Exec;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.jshim.task.TaskId;
import org.jcontainerd.jshim.task.TaskState;
import org.jcontainerd.jshim.task.Tasks;

/**
 * Finds the process of a stream client: a container's own (attach), or an exec before its start.
 */
public final class StreamPlaces implements StreamRouter {
  private final Tasks tasks;

  public StreamPlaces(Tasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public Place find(StreamRequest request) throws IOException {
    try {
      var task = tasks.get(TaskId.of(request.namespace(), request.id()));
      return request.execId().isEmpty()
          ? attach(task.init().io(), request.stream())
          : exec(task.exec(request.execId()), request.stream());
    } catch (ShimFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Place attach(ProcessIo io, String stream) throws ShimFailure {
    if (stream.equals("stdin")) {
      return new Attach((client, first) -> {
        if (!io.attachInput(client, first)) {
          client.close();
        }
      });
    }
    var output = output(stream);
    return new Attach((client, _) -> {
      if (!io.attachOutput(output, client)) {
        client.close();
      }
    });
  }

  private static Place exec(Exec exec, String stream) throws ShimFailure {
    if (!(exec.process().state() instanceof TaskState.Created)
        || !(exec.plan() instanceof IoPlan.Streams plan)) {
      throw new ShimFailure.FailedPrecondition(
          "exec '"
              + exec.id()
              + "' takes stream clients only before its start, and if it was added with them");
    }
    if (stream.equals("stdin")) {
      require(plan.stdin(), exec, stream);
      return new Reserve((client, first) ->
          taken(exec.clients().setInput(new ClientStreams.Input(client, first)), exec, stream));
    }
    var output = output(stream);
    require(output == LogStream.STDOUT ? plan.stdout() : plan.stderr(), exec, stream);
    return new Reserve(
        (client, _) -> taken(exec.clients().setOutput(output, client), exec, stream));
  }

  private static void taken(boolean free, Exec exec, String stream) throws IOException {
    if (!free) {
      throw new IOException("exec '" + exec.id() + "' has a client for " + stream);
    }
  }

  private static void require(boolean wanted, Exec exec, String stream) throws ShimFailure {
    if (!wanted) {
      throw new ShimFailure.FailedPrecondition(
          "exec '" + exec.id() + "' was added without " + stream);
    }
  }

  private static LogStream output(String stream) throws ShimFailure {
    return switch (stream) {
      case "stdout" -> LogStream.STDOUT;
      case "stderr" -> LogStream.STDERR;
      default -> throw new ShimFailure.InvalidArgument("stream '" + stream + "' does not exist");
    };
  }
}
