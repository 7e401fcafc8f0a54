package org.jcontainerd.jrunc.command;

import java.nio.file.Path;
import java.util.Map;
import org.jcontainerd.jrunc.JruncOptions;
import org.jcontainerd.jrunc.compile.HostFacts;
import org.jcontainerd.jrunc.operation.HostProbe;
import org.jcontainerd.linux.LinuxException;

/** Where the containers' state is if nobody says so, as in runc. */
final class StateRoot {
  private StateRoot() {}

  /** Of this process. */
  static Path ofCaller(Map<String, String> environment) throws LinuxException {
    return of(environment, HostProbe.caller());
  }

  /**
   * {@code XDG_RUNTIME_DIR} is for whoever is not root of the host; a root whose {@code USER} says
   * so was made by the user himself, as by podman's {@code unshare}, and shares it.
   */
  static Path of(Map<String, String> environment, HostFacts.Caller caller) {
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    boolean ordinary =
        caller.uid() != 0
            || caller.inUserNamespace() && !environment.getOrDefault("USER", "").equals("root");
    return ordinary && !runtime.isEmpty() ? Path.of(runtime, "jrunc") : JruncOptions.DEFAULT_ROOT;
  }
}
