package org.jcontainerd.daemon.streaming;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How a remote command ended, as the error stream tells it: a Kubernetes {@code v1.Status} in JSON
 * from protocol v4 on, plain text (only of a failure) before.
 *
 * @see <a
 *     href="https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets">
 *     remote command subprotocols</a>
 */
record RemoteStatus(String json, String text) {

  static RemoteStatus success() {
    return new RemoteStatus(status("Success").toString(), "");
  }

  /** The command ran and ended with {@code code}. */
  static RemoteStatus exited(int code) {
    if (code == 0) {
      return success();
    }
    String message = "command terminated with non-zero exit code: exit status " + code;
    ObjectNode status = status("Failure");
    status.put("message", message);
    status.put("reason", "NonZeroExitCode");
    ObjectNode cause = status.putObject("details").putArray("causes").addObject();
    cause.put("reason", "ExitCode");
    cause.put("message", Integer.toString(code));
    return new RemoteStatus(status.toString(), message);
  }

  /** The command could not be run or its streams broke. */
  static RemoteStatus failed(String message) {
    ObjectNode status = status("Failure");
    status.put("message", message);
    status.put("reason", "InternalError");
    status.putObject("details").putArray("causes").addObject().put("message", message);
    status.put("code", 500);
    return new RemoteStatus(status.toString(), message);
  }

  private static ObjectNode status(String outcome) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.putObject("metadata");
    status.put("status", outcome);
    return status;
  }
}
