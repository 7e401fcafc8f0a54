package org.jcontainerd.jrunc.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.jcontainerd.jrunc.Caller;
import org.junit.jupiter.api.Test;

class RootOptionTest {
  private static final Path RUN = Path.of("/run/jrunc");
  private static final Path USER_RUN = Path.of("/run/user/5/jrunc");
  private static final Map<String, String> XDG = Map.of("XDG_RUNTIME_DIR", "/run/user/5");

  @Test
  void defaultFor_ordinaryUsers_isTheirRuntimeDirectory() {
    var user = new Caller(5, 5, false);
    assertEquals(USER_RUN, RootOption.defaultFor(XDG, user));
    assertEquals(RUN, RootOption.defaultFor(Map.of(), user));
  }

  @Test
  void defaultFor_root_isTheHosts_unlessAnOrdinaryUserMadeIt() {
    assertEquals(RUN, RootOption.defaultFor(XDG, Caller.ROOT));
    var mapped = new Caller(0, 0, true);
    assertEquals(USER_RUN, RootOption.defaultFor(XDG, mapped));
    assertEquals(
        RUN,
        RootOption.defaultFor(Map.of("XDG_RUNTIME_DIR", "/run/user/5", "USER", "root"), mapped));
  }
}
