package org.jcontainerd.linux.terminal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.LinuxException;
import org.jcontainerd.linux.sys.FileCalls;
import org.jcontainerd.linux.sys.TerminalCalls;

/** What can be done to an open terminal; see ioctl_tty(2) and termios(3). */
public final class Terminal {
  private static final String PTMX = "/dev/ptmx";

  /**
   * A new pseudo terminal.
   *
   * @param master what the program that plays the terminal reads and writes
   * @param slave what the programs in the terminal use
   */
  public record Pty(Fd master, Fd slave) implements AutoCloseable {
    @Override
    public void close() {
      master.close();
      slave.close();
    }
  }

  /** The settings of a terminal before they were changed; closing puts them back. */
  public static final class Saved implements AutoCloseable {
    private final Fd fd;
    private final byte[] termios;

    private Saved(Fd fd, byte[] termios) {
      this.fd = fd;
      this.termios = termios;
    }

    @Override
    public void close() throws LinuxException {
      FileCalls.ioctl(fd.number(), TerminalCalls.TCSETS, termios.clone());
    }
  }

  private Terminal() {}

  /** Whether {@code fd} is a terminal. */
  public static boolean isTerminal(Fd fd) throws LinuxException {
    try {
      FileCalls.ioctl(fd.number(), TerminalCalls.TCGETS, new byte[TerminalCalls.TERMIOS_SIZE]);
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ENOTTY, Errno.EINVAL)) {
        return false;
      }
      throw e;
    }
  }

  /** A new pseudo terminal in our own /dev/pts; neither side becomes a controlling terminal. */
  public static Pty open() throws LinuxException {
    int flags = FileCalls.O_RDWR | FileCalls.O_NOCTTY | FileCalls.O_CLOEXEC;
    Fd master = Fd.adopt(FileCalls.openat(FileCalls.AT_FDCWD, PTMX, flags, 0), PTMX);
    try {
      FileCalls.ioctl(master.number(), TerminalCalls.TIOCSPTLCK, new byte[4]);
      // by descriptor, since /dev/pts/N may be another mount's
      int slave = FileCalls.ioctl(master.number(), TerminalCalls.TIOCGPTPEER, flags);
      return new Pty(master, Fd.adopt(slave, "/dev/pts/" + index(master)));
    } catch (LinuxException | RuntimeException e) {
      master.close();
      throw e;
    }
  }

  /** The number of the slave of a master: N of {@code /dev/pts/N} in its devpts. */
  public static int index(Fd master) throws LinuxException {
    byte[] index = new byte[4];
    FileCalls.ioctl(master.number(), TerminalCalls.TIOCGPTN, index);
    return ByteBuffer.wrap(index).order(ByteOrder.nativeOrder()).getInt();
  }

  public static TerminalSize size(Fd fd) throws LinuxException {
    byte[] winsize = new byte[TerminalCalls.WINSIZE_SIZE];
    FileCalls.ioctl(fd.number(), TerminalCalls.TIOCGWINSZ, winsize);
    ByteBuffer fields = ByteBuffer.wrap(winsize).order(ByteOrder.nativeOrder());
    int rows = Short.toUnsignedInt(fields.getShort());
    return new TerminalSize(Short.toUnsignedInt(fields.getShort()), rows);
  }

  /** Sets the size; the kernel sends SIGWINCH to the foreground if it changes. */
  public static void resize(Fd fd, TerminalSize size) throws LinuxException {
    byte[] winsize =
        ByteBuffer.allocate(TerminalCalls.WINSIZE_SIZE)
            .order(ByteOrder.nativeOrder())
            .putShort((short) size.rows())
            .putShort((short) size.columns())
            .array();
    FileCalls.ioctl(fd.number(), TerminalCalls.TIOCSWINSZ, winsize);
  }

  /**
   * Passes every byte through as it is typed, as cfmakeraw(3) does.
   *
   * @return the settings before, to be closed in any case: else the user's shell stays unusable
   */
  public static Saved raw(Fd fd) throws LinuxException {
    byte[] termios = new byte[TerminalCalls.TERMIOS_SIZE];
    FileCalls.ioctl(fd.number(), TerminalCalls.TCGETS, termios);
    byte[] before = Arrays.copyOf(termios, termios.length);
    TerminalCalls.cfmakeraw(termios);
    FileCalls.ioctl(fd.number(), TerminalCalls.TCSETS, termios);
    return new Saved(fd, before);
  }

  /** Leaves a newline as it is on output, instead of adding a carriage return (ONLCR off). */
  public static void keepNewlines(Fd fd) throws LinuxException {
    byte[] termios = new byte[TerminalCalls.TERMIOS_SIZE];
    FileCalls.ioctl(fd.number(), TerminalCalls.TCGETS, termios);
    TerminalCalls.clearOutputFlag(termios, TerminalCalls.ONLCR);
    FileCalls.ioctl(fd.number(), TerminalCalls.TCSETS, termios);
  }
}
