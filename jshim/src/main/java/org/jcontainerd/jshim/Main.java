package org.jcontainerd.jshim;

/** The program {@code containerd-shim-jrunc-v1}. */
public final class Main {
  private Main() {}

  /** Prints the version; anything else is refused until the program exists. */
  public static void main(String[] arguments) {
    if (arguments.length == 1 && arguments[0].equals("--version")) {
      System.out.println(
          "containerd-shim-jrunc-v1 version " + Main.class.getPackage().getImplementationVersion());
      return;
    }
    System.err.println("containerd-shim-jrunc-v1: only --version is understood yet");
    System.exit(1);
  }
}
