package org.jcontainerd.jshim.service;

import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.jshim.log.LogBuffers;
import org.jcontainerd.jshim.stdio.IoPlan;
import org.jcontainerd.jshim.task.ShimFailure;
import org.jcontainerd.jshim.task.StdioFields;
import org.jcontainerd.jshim.task.TaskRecord;

/** Reads how streams are wanted out of requests and records. */
final class IoPlans {
  private static final String STREAM = "stream:";
  private static final String NULL = "/dev/null";
  private static final int DEFAULT_LINE_BYTES = 16384;

  private IoPlans() {}

  static IoPlan of(TaskRecord record) throws ShimFailure {
    return record.cri().isPresent() ? of(record.cri().get()) : files(record.stdio());
  }

  private static IoPlan of(TaskRecord.Cri cri) throws ShimFailure {
    var log =
        cri.logPath().isEmpty() ? Optional.<Path>empty() : Optional.of(Path.of(cri.logPath()));
    if (log.isPresent() && !log.get().isAbsolute()) {
      throw new ShimFailure.InvalidArgument("log path '" + cri.logPath() + "' is not absolute");
    }
    int wanted = cri.maxLineBytes() == 0 ? DEFAULT_LINE_BYTES : cri.maxLineBytes();
    int max = wanted < 0 ? LogBuffers.MAX_LINE_BYTES : Math.min(wanted, LogBuffers.MAX_LINE_BYTES);
    return new IoPlan.Logged(log, max, cri.stdin(), cri.stdinOnce());
  }

  /** The streams of an exec: over the stream socket, or fifos. */
  static IoPlan exec(StdioFields stdio) throws ShimFailure {
    boolean streams =
        stdio.stdin().startsWith(STREAM)
            || stdio.stdout().startsWith(STREAM)
            || stdio.stderr().startsWith(STREAM);
    if (!streams) {
      return files(stdio);
    }
    return new IoPlan.Streams(
        wanted("stdin", stdio.stdin()),
        wanted("stdout", stdio.stdout()),
        wanted("stderr", stdio.stderr()));
  }

  private static boolean wanted(String name, String field) throws ShimFailure {
    if (!field.isEmpty() && !field.startsWith(STREAM)) {
      throw new ShimFailure.InvalidArgument(
          name + " '" + field + "': streams and files cannot be mixed in one exec");
    }
    return !field.isEmpty();
  }

  private static IoPlan files(StdioFields stdio) throws ShimFailure {
    return new IoPlan.Files(
        file("stdin", stdio.stdin()),
        file("stdout", stdio.stdout()),
        file("stderr", stdio.stderr()));
  }

  private static Optional<Path> file(String name, String field) throws ShimFailure {
    var path = field.startsWith("fifo://") ? field.substring("fifo://".length()) : field;
    if (path.isEmpty() || path.equals(NULL)) {
      return Optional.empty();
    }
    if (!path.startsWith("/")) {
      throw new ShimFailure.Unimplemented(
          name + " '" + field + "': only absolute paths of fifos are supported");
    }
    return Optional.of(Path.of(path));
  }
}
