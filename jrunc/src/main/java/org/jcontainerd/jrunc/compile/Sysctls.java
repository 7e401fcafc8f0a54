package org.jcontainerd.jrunc.compile;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.plan.EitherStep;
import org.jcontainerd.jrunc.plan.Namespace;
import org.jcontainerd.oci.runtime.Spec;

/** Kernel parameters: only those of a namespace that the container has for itself. */
final class Sysctls {
  private static final Set<String> IPC =
      Set.of(
          "kernel.msgmax",
          "kernel.msgmnb",
          "kernel.msgmni",
          "kernel.sem",
          "kernel.shmall",
          "kernel.shmmax",
          "kernel.shmmni",
          "kernel.shm_rmid_forced");

  private Sysctls() {}

  static void compile(StepList steps, Map<String, String> sysctls, Spec spec, Namespaces owned)
      throws RuncFailure.InvalidArgument {
    var names = new HashMap<String, String>();
    for (var entry : sysctls.entrySet()) {
      String key = dotted(entry.getKey());
      String field = "linux.sysctl['" + entry.getKey() + "']";
      String same = names.put(key, entry.getKey());
      if (same != null) {
        // Which of the two values it got would depend on the order of a JSON object.
        throw new RuncFailure.InvalidArgument(field, "is there twice, also as '" + same + "'");
      }
      check(field, key, spec, owned);
      steps.add(EitherStep.WriteProc.sysctl(entry.getKey(), entry.getValue()));
    }
  }

  private static void check(String field, String key, Spec spec, Namespaces owned)
      throws RuncFailure.InvalidArgument {
    // A name must not lead out of its tree (CVE-2022-0811): "net/../kernel/core_pattern" is of the
    // host, whatever it begins with.
    for (String part : key.split("\\.", -1)) {
      boolean nowhere = part.isEmpty() || part.equals("/") || part.equals("//"); // "", ".", ".."
      if (nowhere || part.chars().anyMatch(Character::isISOControl)) {
        throw new RuncFailure.InvalidArgument(field, "is not a parameter");
      }
    }
    if (IPC.contains(key) || key.startsWith("fs.mqueue.")) {
      require(field, owned, Namespace.IPC);
    } else if (key.startsWith("net.")) {
      require(field, owned, Namespace.NETWORK);
    } else if (key.startsWith("user.")) {
      require(field, owned, Namespace.USER);
    } else if (key.equals("kernel.domainname")) {
      require(field, owned, Namespace.UTS);
    } else if (key.equals("kernel.hostname")) {
      require(field, owned, Namespace.UTS);
      if (!spec.hostname().isEmpty()) {
        throw new RuncFailure.InvalidArgument(field, "conflicts with hostname");
      }
    } else {
      throw new RuncFailure.InvalidArgument(field, "is not in a separate kernel namespace");
    }
  }

  private static void require(String field, Namespaces owned, Namespace namespace)
      throws RuncFailure.InvalidArgument {
    if (!owned.has(namespace)) {
      throw new RuncFailure.InvalidArgument(
          field,
          "is not allowed as the container has no %s namespace of its own"
              .formatted(namespace.name().toLowerCase(java.util.Locale.ROOT)));
    }
  }

  /**
   * As sysctl(8): whichever of the two comes first is the separator; a dot in a name is a slash.
   */
  private static String dotted(String key) {
    int slash = key.indexOf('/');
    int dot = key.indexOf('.');
    boolean slashed = slash >= 0 && (dot < 0 || slash < dot);
    if (!slashed) {
      return key;
    }
    var text = new StringBuilder(key);
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      text.setCharAt(i, c == '/' ? '.' : c == '.' ? '/' : c);
    }
    return text.toString();
  }
}
