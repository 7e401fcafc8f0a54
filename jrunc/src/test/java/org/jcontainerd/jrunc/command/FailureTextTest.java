package org.jcontainerd.jrunc.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.linux.Errno;
import org.jcontainerd.linux.LinuxException;
import org.junit.jupiter.api.Test;

/** What happened, then what to do. */
class FailureTextTest {
  @Test
  void missingContainer_hasTheWordsThatEnginesLookFor() {
    String text = FailureText.of("state", new RuncFailure.NotFound("x"));
    assertTrue(text.startsWith("container does not exist: 'x'. 'jrunc list'"), text);
  }

  @Test
  void files_areNamedWithTheirCause() {
    assertEquals(
        "'/a': no such file or directory", FailureText.cause(new NoSuchFileException("/a")));
    var full = new FileSystemException("/a", null, "No space left on device");
    assertEquals("'/a': no space left on device", FailureText.cause(full));
    assertEquals(
        "create container 'x': '/a': no space left on device. Free space there, or name another place",
        FailureText.of("create", new RuncFailure.Failed("create container 'x'", full)));
  }

  @Test
  void everyFailure_endsInASentence() {
    for (Exception failure :
        List.of(
            new RuncFailure.AlreadyExists("x"),
            new RuncFailure.InvalidArgument("process.cwd", "must be an absolute path"),
            new RuncFailure.NotSupported("linux.intelRdt", "resctrl is not in yet"),
            new RuncFailure.FailedPrecondition("container not running"),
            new RuncFailure.ExecFailed("exec: \"x\": permission denied", Errno.EACCES),
            new RuncFailure.Failed("a", new LinuxException(Errno.EROFS, "mkdir", "/x")),
            new UsageException("flag provided but not defined: -x"),
            new IOException("something else"))) {
      String text = FailureText.of("run", failure);
      assertTrue(text.startsWith(String.valueOf(failure.getMessage())), text);
      assertTrue(text.matches("(?s).*\\. ['A-Z].{15,}[^.]"), text);
    }
  }

  @Test
  void failureThatSaysWhatToDo_isLeftAsItIs() {
    String said = "make '/x': no. Do this";
    assertEquals(said, FailureText.of("run", new IOException(said)));
  }
}
