package org.jcontainerd.jrunc.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.oci.runtime.Capabilities;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.User;

/** What the flags of {@code exec} make of the container's own process. */
final class ExecFlags {
  private static final long HIGHEST_ID = 0xFFFFFFFFL;

  private ExecFlags() {}

  static ProcessSpec apply(Arguments arguments, ProcessSpec first, List<String> command)
      throws UsageException {
    var process = first.toBuilder().args(command).terminal(arguments.has("tty"));
    arguments.value("cwd").ifPresent(process::cwd);
    arguments.value("apparmor").ifPresent(process::apparmorProfile);
    arguments.value("process-label").ifPresent(process::selinuxLabel);
    var env = new ArrayList<>(first.env());
    env.addAll(arguments.values("env"));
    process.env(env);
    if (arguments.has("no-new-privs")) {
      process.noNewPrivileges(true);
    }
    process.user(user(arguments, first.user()));
    if (!arguments.values("cap").isEmpty()) {
      process.capabilities(
          capabilities(
              first.capabilities().orElseGet(() -> Capabilities.builder().build()),
              arguments.values("cap")));
    }
    return process.build();
  }

  private static User user(Arguments arguments, User first) throws UsageException {
    long uid = first.uid();
    long gid = first.gid();
    var groups = new ArrayList<>(first.additionalGids());
    Optional<String> text = arguments.value("user");
    if (text.isPresent()) {
      String[] parts = text.get().split(":", -1);
      if (parts.length > 2) {
        throw new UsageException("parsing " + text.get() + " as uid[:gid]");
      }
      uid = id("uid", parts[0]);
      if (parts.length == 2) {
        gid = id("gid", parts[1]);
      }
    }
    for (String group : arguments.values("additional-gids")) {
      groups.add(id("gid", group));
    }
    return new User(uid, gid, first.umask(), groups);
  }

  /** Only numbers in range: a name, or a number cut to fit, could become root (CVE-2026-30892). */
  private static long id(String what, String text) throws UsageException {
    try {
      long id = Long.parseLong(text);
      if (id >= 0 && id < HIGHEST_ID) {
        return id;
      }
    } catch (NumberFormatException _) {
      // reported below, as a number out of range is
    }
    throw new UsageException(
        "parsing '" + text + "' as " + what + ": no number of 0 to 4294967294");
  }

  /**
   * As runc: into all sets but the ambient one, and into that if it has something to be ambient
   * with.
   */
  private static Capabilities capabilities(Capabilities first, List<String> added) {
    return Capabilities.builder()
        .bounding(with(first.bounding(), added))
        .effective(with(first.effective(), added))
        .permitted(with(first.permitted(), added))
        .inheritable(first.inheritable())
        .ambient(first.inheritable().isEmpty() ? first.ambient() : with(first.ambient(), added))
        .build();
  }

  private static List<String> with(List<String> names, List<String> added) {
    var all = new ArrayList<>(names);
    added.stream().filter(name -> !all.contains(name)).forEach(all::add);
    return all;
  }

  /**
   * The cgroups of {@code --cgroup}: {@code PATH}, or {@code CONTROLLER[,CONTROLLER]:PATH} several
   * times.
   *
   * @return paths by controller, with the controller "" for a path without one
   */
  static Map<String, String> cgroups(List<String> values) throws UsageException {
    var paths = new LinkedHashMap<String, String>();
    for (String value : values) {
      int colon = value.indexOf(':');
      if (colon < 0) {
        if (values.size() > 1) {
          throw new UsageException(
              "invalid --cgroup argument: " + value + " (missing <controller>: prefix)");
        }
        paths.put("", value);
        continue;
      }
      for (String controller : value.substring(0, colon).split(",", -1)) {
        if (controller.isEmpty()) {
          throw new UsageException(
              "invalid --cgroup argument: " + value + " (empty <controller> prefix)");
        }
        if (paths.putIfAbsent(controller, value.substring(colon + 1)) != null) {
          throw new UsageException(
              "invalid --cgroup argument(s): controller "
                  + controller
                  + " specified multiple times");
        }
      }
    }
    return paths;
  }
}
