package org.jcontainerd.daemon.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jcontainerd.api.cri.v1.ContainerConfig;
import org.jcontainerd.api.cri.v1.KeyValue;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.oci.image.ImageConfig;

/**
 * What a container runs: arguments, environment and directory, from CRI over the image. Immutable.
 */
record Command(List<String> args, List<String> env, String cwd) {
  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  Command {
    args = List.copyOf(args);
    env = List.copyOf(env);
  }

  static Command of(ContainerConfig config, ImageConfig.Execution image, String hostname) {
    String cwd = config.getWorkingDir().isEmpty() ? image.workingDir() : config.getWorkingDir();
    cwd = cwd.isEmpty() ? "/" : cwd;
    if (!cwd.startsWith("/")) {
      throw new DaemonFailure.InvalidArgument("working directory '" + cwd + "': not absolute");
    }
    return new Command(args(config, image), env(config, image, hostname), cwd);
  }

  /**
   * A command of CRI replaces entry point and arguments of the image; arguments of CRI replace
   * those of the image only.
   */
  private static List<String> args(ContainerConfig config, ImageConfig.Execution image) {
    var args = new ArrayList<String>();
    if (config.getCommandCount() > 0) {
      args.addAll(config.getCommandList());
      args.addAll(config.getArgsList());
    } else {
      args.addAll(image.entrypoint());
      args.addAll(config.getArgsCount() > 0 ? config.getArgsList() : image.cmd());
    }
    if (args.isEmpty() || args.getFirst().isEmpty()) {
      throw new DaemonFailure.InvalidArgument(
          "container '"
              + config.getMetadata().getName()
              + "': no command given and image '"
              + config.getImage().getImage()
              + "' has none");
    }
    return args;
  }

  /** Later values replace earlier ones of the same name: default, image, ours, CRI. */
  private static List<String> env(
      ContainerConfig config, ImageConfig.Execution image, String hostname) {
    Map<String, String> env = new LinkedHashMap<>();
    put(env, PATH);
    if (config.getTty()) {
      put(env, "TERM=xterm");
    }
    image.env().forEach(each -> put(env, each));
    put(env, "HOSTNAME=" + hostname);
    for (KeyValue each : config.getEnvsList()) {
      put(env, each.getKey() + "=" + each.getValue().toStringUtf8());
    }
    return List.copyOf(env.values());
  }

  private static void put(Map<String, String> env, String assignment) {
    int equals = assignment.indexOf('=');
    if (equals > 0) { // without a name execve would carry it, but nothing could read it
      env.put(assignment.substring(0, equals), assignment);
    }
  }
}
