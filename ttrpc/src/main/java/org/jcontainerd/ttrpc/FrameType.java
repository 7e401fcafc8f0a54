package org.jcontainerd.ttrpc;

/** What a frame carries; the number is the header's type byte. */
enum FrameType {
  REQUEST(1),
  RESPONSE(2),
  DATA(3),
  /** A type of a later protocol version: the frame is read and ignored, as the reference does. */
  OTHER(0);

  private final int number;

  FrameType(int number) {
    this.number = number;
  }

  byte number() {
    return (byte) number;
  }

  static FrameType of(byte number) {
    return switch (number) {
      case 1 -> REQUEST;
      case 2 -> RESPONSE;
      case 3 -> DATA;
      default -> OTHER;
    };
  }
}
