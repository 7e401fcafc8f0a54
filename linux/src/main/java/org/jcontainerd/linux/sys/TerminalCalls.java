package org.jcontainerd.linux.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Requests and structures of ioctl_tty(2); the same on x86-64 and arm64. */
public final class TerminalCalls {
  // asm-generic/ioctls.h
  public static final long TCGETS = 0x5401;
  public static final long TCSETS = 0x5402;
  public static final long TIOCGWINSZ = 0x5413;
  public static final long TIOCSWINSZ = 0x5414;
  public static final long TIOCGPTN = 0x80045430L;
  public static final long TIOCSPTLCK = 0x40045431L;
  public static final long TIOCGPTPEER = 0x5441;

  /** {@code sizeof(struct winsize)}: ws_row, ws_col, ws_xpixel, ws_ypixel. */
  public static final int WINSIZE_SIZE = 8;

  /** {@code sizeof(struct termios)} of the kernel, which is not the C library's. */
  public static final int TERMIOS_SIZE = 36;

  // offsets in struct termios, asm-generic/termbits.h
  static final int C_IFLAG = 0;
  static final int C_OFLAG = 4;
  static final int C_CFLAG = 8;
  static final int C_LFLAG = 12;
  static final int C_CC = 17;
  // asm-generic/termbits.h, termbits-common.h
  public static final int ONLCR = 4;
  static final int IGNBRK = 1;
  static final int BRKINT = 2;
  static final int PARMRK = 8;
  static final int ISTRIP = 0x20;
  static final int INLCR = 0x40;
  static final int IGNCR = 0x80;
  static final int ICRNL = 0x100;
  static final int IXON = 0x400;
  static final int OPOST = 1;
  static final int ISIG = 1;
  static final int ICANON = 2;
  static final int ECHO = 8;
  static final int ECHONL = 0x40;
  static final int IEXTEN = 0x8000;
  static final int CSIZE = 0x30;
  static final int CS8 = 0x30;
  static final int PARENB = 0x100;
  static final int VTIME = 5;
  static final int VMIN = 6;

  private TerminalCalls() {}

  /** {@code void cfmakeraw(struct termios *)}; see termios(3). */
  public static void cfmakeraw(byte[] termios) {
    ByteBuffer t = ByteBuffer.wrap(termios).order(ByteOrder.nativeOrder());
    clear(t, C_IFLAG, IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    clear(t, C_OFLAG, OPOST);
    clear(t, C_LFLAG, ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    clear(t, C_CFLAG, CSIZE | PARENB);
    t.putInt(C_CFLAG, t.getInt(C_CFLAG) | CS8);
    t.put(C_CC + VMIN, (byte) 1);
    t.put(C_CC + VTIME, (byte) 0);
  }

  /** {@code termios->c_oflag &= ~flag}. */
  public static void clearOutputFlag(byte[] termios, int flag) {
    clear(ByteBuffer.wrap(termios).order(ByteOrder.nativeOrder()), C_OFLAG, flag);
  }

  private static void clear(ByteBuffer termios, int field, int flags) {
    termios.putInt(field, termios.getInt(field) & ~flags);
  }
}
