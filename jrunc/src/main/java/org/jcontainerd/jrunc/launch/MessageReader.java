package org.jcontainerd.jrunc.launch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jcontainerd.jrunc.plan.PlanWriter;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.socket.Received;

/** Decodes the structs of the helper's {@code run.h}. */
public final class MessageReader {
  private static final int CALL = 28;
  private static final int DETAIL = 216;
  private static final int IDENTITY = 16;
  private static final int NO_STEP = -1;

  private MessageReader() {}

  static HelperMessage read(Received.Message message) {
    ByteBuffer in = ByteBuffer.wrap(message.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    List<Fd> fds = message.fds();
    return switch ((char) in.get(0)) {
      case '!' -> new HelperMessage.Failed(failure(in));
      case 'W' -> new HelperMessage.Warning(failure(in));
      case 'R' -> new HelperMessage.Ready(identity(in));
      case 'T' -> new HelperMessage.Started(identity(in));
      case 'Y' ->
          new HelperMessage.Synced(
              identity(in),
              new String(
                  message.bytes(),
                  IDENTITY,
                  message.bytes().length - IDENTITY,
                  StandardCharsets.UTF_8));
      case 'E' ->
          new HelperMessage.Exited(
              new ProcessExit(in.getInt(4), ProcessExit.instant(in.getLong(8))));
      case 'N' -> new HelperMessage.Listener(identity(in), fds.getFirst());
      case 'D' ->
          new HelperMessage.Done(
              in.getInt(4), PlanWriter.opLabel(in.getShort(2)), Place.of(in.get(1)), in.getLong(8));
      default ->
          new HelperMessage.Answer(
              (char) in.get(0),
              Arrays.copyOfRange(message.bytes(), 1, message.bytes().length),
              fds);
    };
  }

  /** Decodes a {@code struct failure} that came by another way, such as the exec fifo. */
  public static StepFailure failure(ByteBuffer message) {
    ByteBuffer in = message.order(ByteOrder.LITTLE_ENDIAN);
    int step = in.getInt(4);
    String call = text(in, 12, CALL);
    String detail = text(in, 12 + CALL, DETAIL);
    int errno = in.getInt(8);
    return new StepFailure(
        step == NO_STEP ? OptionalInt.empty() : OptionalInt.of(step),
        PlanWriter.opLabel(in.getShort(2)),
        Place.of(in.get(1)),
        detail.isEmpty()
            ? new LinuxException(errno, call)
            : new LinuxException(errno, call, detail));
  }

  private static ProcessIdentity identity(ByteBuffer in) {
    return new ProcessIdentity(in.getInt(4), in.getLong(8));
  }

  private static String text(ByteBuffer in, int from, int room) {
    byte[] bytes = new byte[room];
    in.get(from, bytes);
    int end = 0;
    while (end < room && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
