package org.jcontainerd.jrunc.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.jcontainerd.jrunc.compile.HostFacts;
import org.junit.jupiter.api.Test;

class StateRootTest {
  private static final Path RUN = Path.of("/run/jrunc");
  private static final Path USER_RUN = Path.of("/run/user/5/jrunc");
  private static final Map<String, String> XDG = Map.of("XDG_RUNTIME_DIR", "/run/user/5");

  @Test
  void of_ordinaryUsers_isTheirRuntimeDirectory() {
    var user = new HostFacts.Caller(5, 5, false);
    assertEquals(USER_RUN, StateRoot.of(XDG, user));
    assertEquals(RUN, StateRoot.of(Map.of(), user));
  }

  @Test
  void of_root_isTheHosts_unlessAnOrdinaryUserMadeIt() {
    assertEquals(RUN, StateRoot.of(XDG, HostFacts.Caller.ROOT));
    var mapped = new HostFacts.Caller(0, 0, true);
    assertEquals(USER_RUN, StateRoot.of(XDG, mapped));
    assertEquals(
        RUN, StateRoot.of(Map.of("XDG_RUNTIME_DIR", "/run/user/5", "USER", "root"), mapped));
  }
}
