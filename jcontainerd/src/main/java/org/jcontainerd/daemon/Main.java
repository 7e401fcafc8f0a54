package org.jcontainerd.daemon;

/** The program {@code jcontainerd}. */
public final class Main {
  private Main() {}

  /** Prints the version; anything else is refused until the program exists. */
  public static void main(String[] arguments) {
    if (arguments.length == 1 && arguments[0].equals("--version")) {
      System.out.println(
          "jcontainerd version " + Main.class.getPackage().getImplementationVersion());
      return;
    }
    System.err.println("jcontainerd: only --version is understood yet");
    System.exit(1);
  }
}
