package org.jcontainerd.cni;

/** The CNI plugins' program; its first argument is the plugin's name. */
public final class Main {
  private Main() {}

  /** Prints the version; anything else is refused until the program exists. */
  public static void main(String[] arguments) {
    if (arguments.length == 2 && arguments[1].equals("--version")) {
      System.out.println("cni version " + Main.class.getPackage().getImplementationVersion());
      return;
    }
    System.err.println("cni: only --version is understood yet");
    System.exit(1);
  }
}
