package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.util.List;
import org.jcontainerd.jrunc.ContainerStatus;
import org.jcontainerd.jrunc.CreateRequest;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.compile.CreateCompiler;
import org.jcontainerd.jrunc.launch.HelperMessage;
import org.jcontainerd.jrunc.launch.LaunchListener;
import org.jcontainerd.jrunc.launch.ProcessIdentity;
import org.jcontainerd.jrunc.launch.StepFailure;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.oci.runtime.Hook;
import org.jcontainerd.oci.runtime.Hooks;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.oci.runtime.State;

/** Does its part while the process is being made: hooks, warnings, the seccomp listener. */
final class CreateListener implements LaunchListener {
  private final RuntimeContext context;
  private final CreateRequest request;
  private final Spec spec;
  private final HookRunner runner;

  CreateListener(RuntimeContext context, CreateRequest request, Spec spec) {
    this.context = context;
    this.request = request;
    this.spec = spec;
    this.runner = new HookRunner(context, request.id(), request.bundle().toString(), Lazy.of(spec));
  }

  @Override
  public void synced(ProcessIdentity process, String tag) throws IOException {
    Hooks hooks = spec.hooks().orElseGet(() -> Hooks.builder().build());
    try {
      switch (tag) {
        case CreateCompiler.ID_MAPS -> IdMapPrograms.map(process.pid(), spec.linux().orElseThrow());
        case CreateCompiler.NET_DEVICES ->
            NetworkDevices.move(spec.linux().orElseThrow().netDevices(), process.pid());
        case CreateCompiler.CREATE_RUNTIME -> {
          runtimeHooks("prestart", hooks.prestart(), process);
          runtimeHooks("createRuntime", hooks.createRuntime(), process);
        }
        case CreateCompiler.CREATE_CONTAINER ->
            runner.inContainer(
                "createContainer",
                hooks.createContainer(),
                ContainerStatus.CREATING,
                process.pid());
        default -> throw new IOException("plan waits at unknown point '" + tag + "'");
      }
    } catch (RuncFailure e) {
      throw new CarriedFailureException(e);
    }
  }

  private void runtimeHooks(String point, List<Hook> hooks, ProcessIdentity process)
      throws IOException, RuncFailure {
    runner.onHost(point, hooks, ContainerStatus.CREATING, process.pid());
  }

  @Override
  public void warned(StepFailure failure) {
    context.warnings().accept(failure.message());
  }

  @Override
  public void seccompListener(ProcessIdentity process, Fd fd) throws IOException {
    var state =
        new State(
            spec.ociVersion(),
            request.id(),
            ContainerStatus.CREATING.word(),
            process.pid(),
            request.bundle().toString(),
            spec.annotations());
    SeccompAgent.send(spec, state, process.pid(), fd);
  }

  @Override
  public void done(HelperMessage.Done done) {
    context.trace().ifPresent(trace -> trace.step(done));
  }
}
