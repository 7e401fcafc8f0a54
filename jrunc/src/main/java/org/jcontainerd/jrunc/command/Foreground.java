package org.jcontainerd.jrunc.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jcontainerd.jrunc.Stdio;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.Signal;
import org.jcontainerd.linux.process.ExitStatus;
import org.jcontainerd.linux.process.PidFd;
import org.jcontainerd.linux.process.ProcessAttributes;
import org.jcontainerd.linux.socket.Received;
import org.jcontainerd.linux.socket.SocketType;
import org.jcontainerd.linux.socket.UnixSocket;
import org.jcontainerd.linux.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/**
 * A process that the program stays for: signals go to it, and with a terminal, keys, output and the
 * window's size. The process becomes ours to reap because we are a subreaper. Confined to the main
 * thread.
 */
final class Foreground implements AutoCloseable {
  /** Those that a shell or an engine sends to end, stop or tell a program something. */
  private static final List<String> SIGNALS = List.of("HUP", "INT", "TERM", "USR2", "CONT", "URG");

  private static final int BUFFER = 32 * 1024;
  private static final long PAUSE_NANOS = 200_000;

  private final Optional<UnixSocket.Pair> console;
  private Terminal.@Nullable Saved saved;
  private @Nullable Fd master;
  private @Nullable Thread output;

  private Foreground(Optional<UnixSocket.Pair> console) {
    this.console = console;
  }

  static Foreground open(boolean terminal) throws LinuxException {
    ProcessAttributes.becomeSubreaper();
    return new Foreground(
        terminal ? Optional.of(UnixSocket.pair(SocketType.STREAM)) : Optional.empty());
  }

  Stdio stdio() {
    return console.isPresent()
        ? new Stdio.ConsoleConnection(console.get().second().fd(), Optional.empty())
        : CallerDescriptors.streams();
  }

  /** Connects this program's terminal and signals with a process that has been created. */
  void attach(PidFd process) throws IOException {
    for (String name : SIGNALS) {
      forward(name, process);
    }
    if (console.isEmpty()) {
      forward("WINCH", process);
      return;
    }
    Received.Message message =
        console
            .get()
            .first()
            .receive(256)
            .orElseThrow(() -> new IOException("receive terminal: the process is gone"));
    Fd terminal = message.fds().get(0);
    master = terminal;
    Fd stdin = Fd.adopt(0, "stdin");
    Fd stdout = Fd.adopt(1, "stdout");
    if (Terminal.isTerminal(stdin)) {
      Terminal.resize(terminal, Terminal.size(stdin));
      saved = Terminal.raw(stdin);
      handle("WINCH", () -> Terminal.resize(terminal, Terminal.size(stdin)));
    }
    output =
        Thread.ofPlatform()
            .daemon(true)
            .name("terminal to stdout")
            .start(() -> copy(terminal, stdout));
    var _ =
        Thread.ofPlatform()
            .daemon(true)
            .name("stdin to terminal")
            .start(() -> copy(stdin, terminal));
  }

  /** Until the end of one side: EIO is how a master tells that the last slave was closed. */
  private static void copy(Fd from, Fd to) {
    var buffer = ByteBuffer.allocateDirect(BUFFER);
    try {
      while (from.read(buffer.clear()) > 0) {
        to.writeFully(buffer.flip());
      }
    } catch (LinuxException e) {
      if (!e.is(Errno.EIO, Errno.EPIPE)) {
        throw new IllegalStateException("copy " + from + " to " + to, e);
      }
    }
  }

  private static void forward(String name, PidFd process) {
    Signal signal = Signal.parse(name).orElseThrow();
    handle(
        name,
        () -> {
          var _ = process.send(signal);
        });
  }

  private interface Reaction {
    void run() throws LinuxException;
  }

  private static void handle(String name, Reaction reaction) {
    // What the JVM keeps for itself cannot be passed on; the caller can still use kill.
    var _ =
        SignalHandlers.handle(
            name,
            () -> {
              try {
                reaction.run();
              } catch (LinuxException e) {
                throw new IllegalStateException("signal " + name, e);
              }
            });
  }

  /**
   * Waits for the end of the process.
   *
   * @return the exit code as a shell has it
   */
  int await(PidFd process) throws IOException {
    ExitStatus status = reap(process);
    Thread copying = output;
    if (copying != null) {
      try {
        copying.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("wait for terminal output: interrupted", e);
      }
    }
    return status.shellCode();
  }

  /**
   * The helper hands the process over to us when it ends, which may be a moment after it said so.
   */
  private static ExitStatus reap(PidFd process) throws LinuxException {
    while (true) {
      try {
        return process.waitFor();
      } catch (LinuxException e) {
        if (!e.is(Errno.ECHILD) || !process.exists()) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  @Override
  public void close() throws LinuxException {
    console.ifPresent(UnixSocket.Pair::close);
    Terminal.Saved before = saved;
    if (before != null) {
      before.close();
    }
    Fd terminal = master;
    if (terminal != null) {
      terminal.close();
    }
  }
}
