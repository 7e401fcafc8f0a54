package org.jcontainerd.jrunc.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.loop.KernelWaiter;
import org.jcontainerd.linux.loop.Registration;
import org.jcontainerd.linux.socket.Received;
import org.jcontainerd.linux.socket.UnixSocket;

/**
 * The socket to a helper: messages in, requests out.
 *
 * <p>With a {@link KernelWaiter} the messages are received on its thread and {@link #next} may wait
 * on a virtual thread; without one {@link #next} waits in the kernel and belongs on a platform
 * thread. One thread takes messages and asks for descriptors at a time; {@link #send} and {@link
 * #exited} may be used by any.
 */
public final class HelperConnection implements AutoCloseable {
  /** The longest message: a sync with its tag, or a failure. */
  private static final int LONGEST = 512;

  private final UnixSocket socket;
  private final BlockingQueue<HelperMessage> inbox = new LinkedBlockingQueue<>();
  private final CompletableFuture<ProcessExit> exited = new CompletableFuture<>();
  private final AtomicReference<Optional<Registration>> listening =
      new AtomicReference<>(Optional.empty());

  /** Whether a keeper's descriptors were asked for and its answer has not been taken. */
  private boolean asked;

  /** That answer, where it came among messages that were waited for before it. */
  private Optional<HelperMessage.Answer> early = Optional.empty();

  private HelperConnection(UnixSocket socket) {
    this.socket = socket;
  }

  /** Takes over a socket whose messages are taken by waiting in the kernel. */
  public static HelperConnection adopt(UnixSocket socket) {
    return new HelperConnection(socket);
  }

  /** Takes over a socket whose messages are received by {@code waiter}. */
  public static HelperConnection adopt(UnixSocket socket, KernelWaiter waiter)
      throws LinuxException {
    var connection = new HelperConnection(socket);
    connection.listen(waiter);
    return connection;
  }

  private void listen(KernelWaiter waiter) throws LinuxException {
    listening.set(Optional.of(waiter.onReadable(socket.fd(), this::drain)));
  }

  /** What throws here ends the registration, so whoever waits for a message is told as well. */
  private void drain(Registration registration) throws IOException {
    try {
      receiveAll(registration);
    } catch (IOException | RuntimeException e) {
      end();
      throw e;
    }
  }

  private void receiveAll(Registration registration) throws IOException {
    while (true) {
      switch (received(socket)) {
        case Received.Message message -> inbox.add(accept(MessageReader.read(message)));
        case Received.NothingYet _ -> {
          return;
        }
        case Received.Ended _ -> {
          registration.close();
          end();
          return;
        }
      }
    }
  }

  private static Received received(UnixSocket socket) throws LinuxException {
    while (true) {
      try {
        return socket.tryReceive(LONGEST);
      } catch (LinuxException e) {
        passOver(e);
      }
    }
  }

  /**
   * A helper that ends without having read a request leaves a reset, which the kernel tells once
   * and before what the helper has said: that comes next, and then the end.
   */
  private static void passOver(LinuxException e) throws LinuxException {
    if (!e.is(Errno.ECONNRESET)) {
      throw e;
    }
  }

  private HelperMessage accept(HelperMessage message) {
    if (message instanceof HelperMessage.Exited(ProcessExit exit)) {
      exited.complete(exit);
    }
    return message;
  }

  private void end() {
    inbox.add(new HelperMessage.Ended());
    exited.completeExceptionally(
        new LinuxException(Errno.ECONNRESET, "recvmsg", "the helper is gone"));
  }

  /** Completes with the exit, exceptionally if the helper ends without telling one. */
  public CompletableFuture<ProcessExit> exited() {
    return exited.copy();
  }

  /** Waits for the next message. After {@link HelperMessage.Ended} there is none. */
  public HelperMessage next() throws IOException {
    if (listening.get().isEmpty()) {
      return nextFromKernel();
    }
    try {
      return again(inbox.take());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Waits for the next message, for a limited time.
   *
   * @throws LinuxException ETIMEDOUT
   */
  public HelperMessage next(Duration limit) throws IOException {
    if (listening.get().isEmpty()) {
      socket.receiveTimeout(limit);
      try {
        return nextFromKernel();
      } finally {
        socket.receiveTimeout(Duration.ZERO);
      }
    }
    try {
      var message = inbox.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (message == null) {
        throw timedOut();
      }
      return again(message);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Whoever asks after the end finds the end. */
  private HelperMessage again(HelperMessage message) {
    if (message instanceof HelperMessage.Ended) {
      inbox.add(message);
    }
    return message;
  }

  private HelperMessage nextFromKernel() throws IOException {
    while (true) {
      try {
        var message = socket.receive(LONGEST);
        if (message.isPresent()) {
          return accept(MessageReader.read(message.get()));
        }
        end();
        return new HelperMessage.Ended();
      } catch (LinuxException e) {
        if (e.is(Errno.EAGAIN)) {
          throw timedOut();
        }
        passOver(e);
      }
    }
  }

  private LinuxException timedOut() {
    return new LinuxException(Errno.ETIMEDOUT, "recvmsg", socket);
  }

  private static IOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("wait for the helper: interrupted", e);
  }

  /** Sends one request. */
  public void send(char request) throws LinuxException {
    socket.send(ByteBuffer.wrap(new byte[] {(byte) request}));
  }

  /** Asks a keeper for its descriptors, if an answer to that is not awaited already. */
  public void askForDescriptors() throws LinuxException {
    if (!asked) {
      send(HelperMessage.DESCRIPTORS);
      asked = true;
    }
  }

  /** Whether the answer to {@link #askForDescriptors} may still come. */
  boolean awaitsDescriptors() {
    return asked && early.isEmpty();
  }

  /** Puts an answer aside that came before it was wanted. */
  void keep(HelperMessage.Answer answer) {
    early = Optional.of(answer);
  }

  /** Ends what {@link #askForDescriptors} began: what was put aside, now the caller's. */
  public Optional<HelperMessage.Answer> takeDescriptors() {
    var taken = early;
    asked = false;
    early = Optional.empty();
    return taken;
  }

  /** Sends a part of a plan. */
  UnixSocket socket() {
    return socket;
  }

  @Override
  public void close() {
    var registration = listening.getAndSet(Optional.empty());
    if (registration.isPresent()) {
      registration.get().closeThen(socket::close);
    } else {
      socket.close();
    }
    inbox.forEach(HelperConnection::discard);
    takeDescriptors().ifPresent(HelperConnection::discard);
    end();
  }

  /** Descriptors that nobody has taken. */
  private static void discard(HelperMessage message) {
    switch (message) {
      case HelperMessage.Answer answer -> answer.fds().forEach(Fd::close);
      case HelperMessage.Listener(_, Fd fd) -> fd.close();
      default -> {}
    }
  }
}
