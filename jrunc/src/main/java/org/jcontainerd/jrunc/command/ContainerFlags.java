package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jcontainerd.jrunc.CreateRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.jrunc.operation.ConfigText;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.Spec;

/** What {@code create} and {@code run} share. */
final class ContainerFlags {
  private ContainerFlags() {}

  static Flags flags() {
    return new Flags()
        .option('b', "bundle", "DIR", "directory with config.json (default: the current one)")
        .option("console-socket", "SOCKET", "unix socket that gets the terminal's master")
        .option("pidfd-socket", "SOCKET", "unix socket that gets a pidfd of the process")
        .option("pid-file", "FILE", "file that gets the process id")
        .toggle("no-pivot", "move the root instead of pivot_root, for a root on an initramfs")
        .toggle("no-new-keyring", "keep the session keyring")
        .option("preserve-fds", "N", "pass on so many descriptors from 3 on")
        .toggle("trace", "print each step with its time");
  }

  static Path bundle(Arguments arguments) throws RuncFailure {
    return bundle(Path.of(arguments.value("bundle").filter(name -> !name.isEmpty()).orElse(".")));
  }

  /** The directory itself, without links on the way. */
  static Path bundle(Path given) throws RuncFailure {
    try {
      return given.toRealPath();
    } catch (IOException e) {
      throw new RuncFailure.InvalidArgument("bundle", FailureText.cause(e), e);
    }
  }

  static Spec read(Path bundle) throws IOException, RuncFailure {
    Path file = bundle.resolve("config.json");
    try {
      byte[] json = ConfigText.read(file);
      ConfigText.check(json);
      return OciJson.read(json, Spec.class);
    } catch (NoSuchFileException e) {
      throw new RuncFailure.InvalidArgument(
          "bundle", "JSON specification file '" + file + "' not found", e);
    } catch (JsonException e) {
      throw new RuncFailure.InvalidArgument(file.toString(), String.valueOf(e.getMessage()), e);
    } catch (FileSystemException e) {
      throw new RuncFailure.InvalidArgument("bundle", "read " + FailureText.cause(e), e);
    } catch (IOException e) { // a directory is told without its name
      throw new RuncFailure.InvalidArgument("bundle", "read '" + file + "': " + e.getMessage(), e);
    }
  }

  static CreateRequest request(
      Invocation invocation, String id, Path bundle, Spec spec, Stdio stdio)
      throws IOException, RuncFailure, UsageException {
    Arguments arguments = invocation.arguments();
    CallerDescriptors descriptors = CallerDescriptors.of(arguments, System.getenv());
    Spec announced =
        spec.process().isPresent()
            ? spec.toBuilder().process(descriptors.announce(spec.process().get())).build()
            : spec;
    boolean notify = NotifySocket.isWanted(System.getenv());
    if (notify) {
      announced = NotifySocket.announce(announced, invocation.files(id).notifyDirectory());
    }
    return new CreateRequest(
        id,
        bundle,
        Optional.of(announced),
        stdio,
        false,
        descriptors.preserved(),
        new CreateRequest.Options(
            arguments.has("no-pivot"), arguments.has("no-new-keyring"), notify));
  }

  /** The streams of a process that the program does not stay for. */
  static Stdio detached(Arguments arguments, boolean terminal) throws UsageException {
    Optional<String> socket = arguments.value("console-socket");
    if (terminal && socket.isEmpty()) {
      throw new UsageException(
          "cannot allocate tty if jrunc will detach without setting console socket");
    }
    if (!terminal && socket.isPresent()) {
      throw new UsageException(
          "cannot use console socket if jrunc will not detach or allocate tty");
    }
    return terminal
        ? new Stdio.ConsoleSocket(Path.of(socket.orElseThrow()), Optional.empty())
        : CallerDescriptors.streams();
  }

  /** A process that the program stays for has the program's own terminal. */
  static void checkForeground(Arguments arguments) throws UsageException {
    if (arguments.value("console-socket").isPresent()) {
      throw new UsageException(
          "cannot use console socket if jrunc will not detach or allocate tty");
    }
  }
}
