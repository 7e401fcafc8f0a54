package org.jcontainerd.jctl;

/** The program {@code jctl}. */
public final class Main {
  private Main() {}

  /** Prints the version; anything else is refused until the program exists. */
  public static void main(String[] arguments) {
    if (arguments.length == 1 && arguments[0].equals("--version")) {
      System.out.println("jctl version " + Main.class.getPackage().getImplementationVersion());
      return;
    }
    System.err.println("jctl: only --version is understood yet");
    System.exit(1);
  }
}
