package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.util.Map;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.launch.Launch;
import org.jcontainerd.jrunc.launch.LaunchListener;
import org.jcontainerd.jrunc.launch.PlanFailedException;
import org.jcontainerd.jrunc.launch.ProcessIdentity;
import org.jcontainerd.jrunc.launch.StepFailure;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;

/** What a plan's failure means to a caller. */
final class LaunchFailure {
  /** Words that callers look for, as the libraries of runc have them. */
  private static final Map<Integer, String> WORDS =
      Map.of(
          Errno.ENOENT, "no such file or directory",
          Errno.EACCES, "permission denied",
          Errno.ENOEXEC, "exec format error",
          Errno.ENOTDIR, "not a directory",
          Errno.EISDIR, "is a directory",
          Errno.ELOOP, "too many levels of symbolic links");

  private LaunchFailure() {}

  /** Waits for the process; hooks that fail come out as the failures they are. */
  static ProcessIdentity await(Launch launch, LaunchListener listener)
      throws IOException, RuncFailure {
    try {
      return launch.await(listener);
    } catch (CarriedFailureException e) {
      throw e.failure();
    }
  }

  static RuncFailure of(String operation, IOException e) {
    if (e instanceof PlanFailedException plan && isAboutProgram(plan.failure())) {
      return program(plan.failure().cause());
    }
    if (e instanceof PlanFailedException plan && isUnknownProfile(plan.failure())) {
      return new RuncFailure.InvalidArgument(
          "process.apparmorProfile", "no such profile is loaded (apparmor_parser loads one)", e);
    }
    return new RuncFailure.Failed(operation, e);
  }

  private static boolean isAboutProgram(StepFailure failure) {
    return failure.op().equals("exec") || failure.op().equals("find-program");
  }

  private static boolean isUnknownProfile(StepFailure failure) {
    return failure.op().equals("write-proc")
        && failure.cause().is(Errno.ENOENT)
        && failure.cause().syscall().equals("write")
        && failure.cause().arguments().toString().contains("attr/apparmor/exec");
  }

  private static RuncFailure program(LinuxException cause) {
    String name = cause.arguments().isEmpty() ? "" : cause.arguments().get(0);
    String bare = name.length() > 2 ? name.substring(1, name.length() - 1) : name;
    String reason =
        cause.is(Errno.ENOENT) && !bare.contains("/")
            ? "executable file not found in $PATH"
            : cause.is(Errno.ENOENT)
                ? "stat " + bare + ": no such file or directory"
                : WORDS.getOrDefault(cause.errno(), Errno.describe(cause.errno()));
    return new RuncFailure.ExecFailed("exec: \"" + bare + "\": " + reason, cause.errno());
  }
}
