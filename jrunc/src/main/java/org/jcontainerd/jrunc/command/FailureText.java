package org.jcontainerd.jrunc.command;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.Optional;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;

/** A failure in words: what happened, then a sentence that says what can be done about it. */
final class FailureText {
  private FailureText() {}

  /**
   * @param command the verb that failed
   */
  static String of(String command, Exception failure) {
    String what = cause(failure);
    // Some failures know better than anybody else what helps against them.
    return what.contains(". ") ? what : what + ". " + advice(command, failure);
  }

  /** The message; exceptions of the JDK's file calls have only the file's name as theirs. */
  static String cause(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (!(failure instanceof FileSystemException file)) {
      // A failure that wraps one of those repeats its message.
      return failure.getCause() instanceof FileSystemException inner
              && message.endsWith(String.valueOf(inner.getMessage()))
          ? message.substring(0, message.length() - String.valueOf(inner.getMessage()).length())
              + cause(inner)
          : message;
    }
    return "'" + file.getFile() + "': " + reason(file);
  }

  private static String reason(FileSystemException file) {
    return switch (file) {
      case NoSuchFileException _ -> "no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "file exists";
      case NotDirectoryException _ -> "not a directory";
      default -> String.valueOf(file.getReason()).toLowerCase(Locale.ROOT);
    };
  }

  private static String advice(String command, Exception failure) {
    return switch (failure) {
      case UsageException _ -> "See 'jrunc " + command + " --help'";
      case RuncFailure.NotFound _ ->
          "'jrunc list' shows the containers there are, --root names another state directory";
      case RuncFailure.AlreadyExists exists ->
          "Choose another id, or remove that one with 'jrunc delete " + exists.id() + "'";
      case RuncFailure.InvalidArgument invalid -> correct(invalid.field());
      case RuncFailure.NotSupported unsupported ->
          "Take '" + unsupported.field() + "' out of the configuration, or use a host that has it";
      case RuncFailure.FailedPrecondition _ -> "'jrunc state' shows the container's status";
      case RuncFailure.ExecFailed exec -> program(exec.errno());
      default -> kernel(errno(failure));
    };
  }

  private static String correct(String field) {
    return switch (field) {
      case "id" ->
          "An id is made of at most 255 letters, digits and the characters '_', '+', '-' and '.'";
      case "bundle" -> "Name a directory that has a config.json with --bundle";
      case "root.path" -> "Unpack an image there, or name another directory as root.path";
      default ->
          field.startsWith("--") ? "Correct the option" : "Correct '" + field + "' and try again";
    };
  }

  private static String program(int errno) {
    return switch (errno) {
      case Errno.ENOENT ->
          "Put the program (and a script's interpreter) into the root file system, or correct"
              + " process.args and the PATH in process.env";
      case Errno.EACCES ->
          "Make it a file that process.user may execute, on a mount without noexec";
      case Errno.ENOEXEC ->
          "It has to be a program for this machine, or a script that begins with '#!'";
      default -> "Correct process.args, or the program in the root file system";
    };
  }

  private static String kernel(int errno) {
    return switch (errno) {
      case Errno.ENOSPC, Errno.EDQUOT -> "Free space there, or name another place";
      case Errno.EROFS -> "Name a directory that can be written to";
      case Errno.EPERM, Errno.EACCES ->
          "Run it as root, or as a user to whom the files, namespaces and cgroups are given";
      case Errno.EBUSY -> "End what still uses it, and try again";
      case Errno.ENOENT -> "Make it, or correct the path";
      default -> "'jrunc check' says what in a bundle does not fit this host";
    };
  }

  /** The errno at the bottom of a failure, 0 if there is none. */
  private static int errno(Throwable failure) {
    return switch (failure) {
      case LinuxException kernel -> kernel.errno();
      case NoSuchFileException _ -> Errno.ENOENT;
      case AccessDeniedException _ -> Errno.EACCES;
      case FileSystemException file -> named(String.valueOf(file.getReason()));
      default -> Optional.ofNullable(failure.getCause()).map(FailureText::errno).orElse(0);
    };
  }

  /** The JDK has classes for few errors, and for the others the text of strerror(3). */
  private static int named(String reason) {
    return switch (reason) {
      case "No space left on device" -> Errno.ENOSPC;
      case "Disk quota exceeded" -> Errno.EDQUOT;
      case "Read-only file system" -> Errno.EROFS;
      case "Device or resource busy" -> Errno.EBUSY;
      default -> 0;
    };
  }
}
