package org.jcontainerd.daemon.spec;

import java.util.List;
import org.jcontainerd.api.cri.v1.IDMapping;
import org.jcontainerd.api.cri.v1.UserNamespace;
import org.jcontainerd.daemon.failure.DaemonFailure;

/** The rules of CRI for user namespaces (KEP-127). Only the host's is there so far. */
final class UserNamespaces {
  private UserNamespaces() {}

  static void check(UserNamespace wanted) {
    switch (wanted.getMode()) {
      case NODE -> {}
      case POD -> {
        boolean nothingSaid = wanted.getUidsCount() == 0 && wanted.getGidsCount() == 0;
        if (nothingSaid) { // POD is the zero value: an absent message means the host's
          return;
        }
        oneMappingOfRoot("uids", wanted.getUidsList());
        oneMappingOfRoot("gids", wanted.getGidsList());
        throw new DaemonFailure.Unimplemented("user namespaces: not built yet");
      }
      case CONTAINER, TARGET, UNRECOGNIZED ->
          throw new DaemonFailure.InvalidArgument(
              "user namespace mode '" + wanted.getMode() + "': must be POD or NODE");
    }
  }

  private static void oneMappingOfRoot(String which, List<IDMapping> mappings) {
    if (mappings.size() != 1) {
      throw new DaemonFailure.InvalidArgument(
          "user namespace " + which + ": exactly one mapping is allowed");
    }
    if (mappings.getFirst().getContainerId() != 0) {
      throw new DaemonFailure.InvalidArgument(
          "user namespace " + which + ": container id 0 must be mapped");
    }
  }
}
