package org.jcontainerd.jrunc.keeper;

import org.jcontainerd.jrunc.launch.ProcessExit;
import org.jcontainerd.jrunc.launch.ProcessIdentity;

/** What a keeper knows of its process. */
public sealed interface KeeperStatus {
  ProcessIdentity process();

  /** It waits before its program. */
  record Created(ProcessIdentity process) implements KeeperStatus {}

  /** Its program runs. */
  record Running(ProcessIdentity process) implements KeeperStatus {}

  /** It has ended; the exit is recorded. */
  record Exited(ProcessIdentity process, ProcessExit exit) implements KeeperStatus {}
}
