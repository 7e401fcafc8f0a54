package org.jcontainerd.jrunc.checkpoint;

/** What criu is asked to do ({@code criu_req_type}). */
public enum CriuRequest {
  DUMP(1),
  RESTORE(2),
  PRE_DUMP(4);

  /** What criu tells us meanwhile, and we must acknowledge. */
  static final int NOTIFY = 6;

  private final int number;

  CriuRequest(int number) {
    this.number = number;
  }

  byte[] encoded(CriuOptions options) {
    return CriuOptions.encoded(
            o -> {
              o.writeEnum(1, number);
              o.writeBytes(2, options.encoded());
            })
        .toByteArray();
  }

  static byte[] acknowledged() {
    return CriuOptions.encoded(
            o -> {
              o.writeEnum(1, NOTIFY);
              o.writeBool(3, true);
            })
        .toByteArray();
  }
}
