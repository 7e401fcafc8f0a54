package org.jcontainerd.linux.terminal;

/**
 * The size of a terminal in characters.
 *
 * @param columns 0 to 65535, where 0 means unknown
 * @param rows likewise
 */
public record TerminalSize(int columns, int rows) {
  private static final int MAX = 0xFFFF;

  public TerminalSize {
    if (columns < 0 || columns > MAX || rows < 0 || rows > MAX) {
      throw new IllegalArgumentException(
          "terminal size " + columns + "x" + rows + ": not in 0 to " + MAX);
    }
  }
}
