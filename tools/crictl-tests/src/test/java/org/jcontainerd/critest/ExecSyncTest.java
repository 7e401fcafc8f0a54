package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import org.jcontainerd.api.cri.v1.ExecSyncRequest;
import org.junit.jupiter.api.Test;

/** ExecSync: what liveness probes do all day. */
class ExecSyncTest extends CriSuite {

  private ExecSyncRequest request(String id, long seconds, String script) {
    return ExecSyncRequest.newBuilder()
        .setContainerId(id)
        .setTimeout(seconds)
        .addCmd("sh")
        .addCmd("-c")
        .addCmd(script)
        .build();
  }

  @Test
  void exec_withBothOutputs_keepsThemApartAndTellsTheExitCode() {
    String id = startShell("outputs", "sleep 3600");
    var answer = cri().runtime().execSync(request(id, 10, "printf out; printf err >&2; exit 42"));
    assertEquals("out", answer.getStdout().toStringUtf8());
    assertEquals("err", answer.getStderr().toStringUtf8());
    assertEquals(42, answer.getExitCode());
  }

  @Test
  void exec_overItsTime_isDeadlineExceededAndLeavesNoProcess() throws Exception {
    String id = startShell("timeout", "sleep 3600");
    var status = refused(() -> cri().runtime().execSync(request(id, 1, "exec sleep 4321")));
    assertEquals(Status.Code.DEADLINE_EXCEEDED, status.getCode());
    awaitGone(id, "sleep 4321");
  }

  @Test
  void exec_overItsTimeWithAChildThatHoldsThePipe_isDeadlineExceeded() throws Exception {
    onlyOurs("kills the command and then waits without end for the child that has the pipe");
    String id = startShell("child", "sleep 3600");
    var status = refused(() -> cri().runtime().execSync(request(id, 1, "sleep 4322; true")));
    assertEquals(Status.Code.DEADLINE_EXCEEDED, status.getCode());
    awaitGone(id, "sh -c sleep 4322; true");
  }

  private void awaitGone(String id, String command) throws InterruptedException {
    var _ =
        await(
            () -> output(id, "ps -o args"),
            all -> all.lines().noneMatch(command::equals),
            command + " is gone");
  }

  @Test
  void exec_ofACommandThatDoesNotExist_isRefused() {
    String id = startShell("missing", "sleep 3600");
    var request = ExecSyncRequest.newBuilder().setContainerId(id).addCmd("no-such-command").build();
    assertNames(refused(() -> cri().runtime().execSync(request)), "no-such-command");
    assertEquals("fine", output(id, "echo fine"));
  }

  @Test
  void exec_inUnknownContainer_isNotFound() {
    var status = refused(() -> cri().runtime().execSync(request("feedfacefeedface", 1, "true")));
    assertEquals(Status.Code.NOT_FOUND, status.getCode());
    assertNames(status, "feedfacefeedface");
  }

  @Test
  void exec_inAnExitedContainer_isRefused() throws Exception {
    String id = startShell("exited", "true");
    awaitExit(id);
    var status = refused(() -> cri().runtime().execSync(request(id, 1, "true")));
    assertTrue(status.getCode() != Status.Code.OK);
  }

  @Test
  void exec_killedBySignal_tells128PlusSignal() {
    String id = startShell("signal", "sleep 3600");
    assertEquals(137, cri().runtime().execSync(request(id, 10, "kill -9 $$")).getExitCode());
  }

  @Test
  void exec_withMuchOutput_givesAllOfIt() {
    String id = startShell("much", "sleep 3600");
    var answer = cri().runtime().execSync(request(id, 60, "head -c 5000000 /dev/zero"));
    assertEquals(5_000_000, answer.getStdout().size());
  }

  @Test
  void exec_thatLeavesADaemonHoldingThePipe_answersAllTheSame() {
    onlyOurs("waits for the pipe without end unless drain_exec_sync_io_timeout is set");
    String id = startShell("daemon", "sleep 3600");
    var answer = cri().runtime().execSync(request(id, 60, "sleep 3599 & echo done"));
    assertEquals("done\n", answer.getStdout().toStringUtf8());
  }
}
