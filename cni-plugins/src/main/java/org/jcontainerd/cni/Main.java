package org.jcontainerd.cni;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.jcontainerd.oci.cni.CniError;
import org.jcontainerd.oci.cni.CniVersion;
import org.jcontainerd.oci.cni.CniVersions;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/**
 * The plugins as a program: reads {@code CNI_*} and stdin, prints a result or an error as JSON on
 * stdout. Its first argument, given by the launcher, is the plugin's name.
 */
public final class Main {
  private Main() {}

  /** Runs one verb; exit code 0 is success. */
  public static void main(String[] arguments) {
    if (arguments.length == 2 && arguments[1].equals("--version")) {
      System.out.println("cni version " + Main.class.getPackage().getImplementationVersion());
      return;
    }
    if (arguments.length != 1 || !CniPlugins.has(arguments[0])) {
      System.err.println("cni: expected the name of a plugin: see the launchers in cni/");
      System.exit(1);
    }
    if (System.getenv("CNI_COMMAND") == null) { // started by a person
      System.err.println("CNI " + arguments[0] + " plugin of jcontainerd");
      System.err.println("CNI protocol versions supported: " + versions());
      System.exit(4);
    }
    int code = run(arguments[0], System.getenv(), System.in, System.out);
    System.out.flush();
    Runtime.getRuntime().halt(code); // an orderly end looks for a logger first, which costs 13 ms
  }

  static int run(String name, Map<String, String> environment, InputStream in, PrintStream out) {
    String version = CniVersion.V1_1_0.toString();
    try {
      CniVerb verb = CniEnvironment.verb(environment);
      byte[] stdin = in.readAllBytes();
      JsonValue.Fields config = CniEnvironment.config(stdin);
      if (config.get("cniVersion").orElse(null) instanceof JsonValue.Text(String given)) {
        version = given;
      }
      if (verb == CniVerb.VERSION) {
        print(
            out,
            new CniVersions(version, CniVersion.SUPPORTED.stream().map(Object::toString).toList()));
        return 0;
      }
      CniPlugins.call(name, CniEnvironment.request(verb, environment, stdin))
          .ifPresent(result -> print(out, result));
      return 0;
    } catch (CniFailure failure) {
      for (Throwable other : failure.getSuppressed()) {
        System.err.println(name + ": " + other.getMessage());
      }
      print(out, failure.toError(version));
      return 1;
    } catch (IOException e) {
      String details = Objects.toString(e.getMessage(), "");
      print(out, new CniError(version, CniError.IO_FAILURE, "read stdin", details));
      return 1;
    }
  }

  private static String versions() {
    return String.join(", ", CniVersion.SUPPORTED.stream().map(Object::toString).toList());
  }

  private static void print(PrintStream out, Record answer) {
    out.println(new String(OciJson.writeIndented(answer), StandardCharsets.UTF_8));
    out.flush();
  }
}
