package org.jcontainerd.daemon.cri.service;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import java.time.Clock;
import java.util.List;
import org.jcontainerd.api.cri.v1.RuntimeServiceGrpc;
import org.jcontainerd.daemon.container.Container;
import org.jcontainerd.daemon.container.CreateContainer;
import org.jcontainerd.daemon.container.ExecProcess;
import org.jcontainerd.daemon.container.RemoveContainer;
import org.jcontainerd.daemon.container.ShimStreams;
import org.jcontainerd.daemon.container.StartContainer;
import org.jcontainerd.daemon.container.StopContainer;
import org.jcontainerd.daemon.container.UpdateResources;
import org.jcontainerd.daemon.cri.RpcTable;
import org.jcontainerd.daemon.cri.container.ContainerStatusRpc;
import org.jcontainerd.daemon.cri.container.CreateContainerRpc;
import org.jcontainerd.daemon.cri.container.ExecSyncRpc;
import org.jcontainerd.daemon.cri.container.ListContainersRpc;
import org.jcontainerd.daemon.cri.container.RemoveContainerRpc;
import org.jcontainerd.daemon.cri.container.ReopenContainerLogRpc;
import org.jcontainerd.daemon.cri.container.StartContainerRpc;
import org.jcontainerd.daemon.cri.container.StopContainerRpc;
import org.jcontainerd.daemon.cri.container.StreamContainersRpc;
import org.jcontainerd.daemon.cri.container.UpdateContainerResourcesRpc;
import org.jcontainerd.daemon.cri.runtime.RuntimeConfigRpc;
import org.jcontainerd.daemon.cri.runtime.StatusRpc;
import org.jcontainerd.daemon.cri.runtime.UpdateRuntimeConfigRpc;
import org.jcontainerd.daemon.cri.runtime.VersionRpc;
import org.jcontainerd.daemon.cri.sandbox.ListPodSandboxRpc;
import org.jcontainerd.daemon.cri.sandbox.PodSandboxStatusRpc;
import org.jcontainerd.daemon.cri.sandbox.RemovePodSandboxRpc;
import org.jcontainerd.daemon.cri.sandbox.RunPodSandboxRpc;
import org.jcontainerd.daemon.cri.sandbox.StopPodSandboxRpc;
import org.jcontainerd.daemon.cri.sandbox.StreamPodSandboxesRpc;
import org.jcontainerd.daemon.cri.sandbox.UpdatePodSandboxResourcesRpc;
import org.jcontainerd.daemon.cri.stats.ContainerStatsRpc;
import org.jcontainerd.daemon.cri.stats.ListContainerStatsRpc;
import org.jcontainerd.daemon.cri.stats.ListPodSandboxStatsRpc;
import org.jcontainerd.daemon.cri.stats.PodSandboxStatsRpc;
import org.jcontainerd.daemon.cri.stats.StreamContainerStatsRpc;
import org.jcontainerd.daemon.cri.stats.StreamPodSandboxStatsRpc;
import org.jcontainerd.daemon.cri.streaming.AttachRpc;
import org.jcontainerd.daemon.cri.streaming.ExecRpc;
import org.jcontainerd.daemon.cri.streaming.PortForwardRpc;
import org.jcontainerd.daemon.layout.Layout;
import org.jcontainerd.daemon.pod.RemoveSandbox;
import org.jcontainerd.daemon.pod.StopSandbox;
import org.jcontainerd.daemon.record.Registry;
import org.jcontainerd.daemon.sandbox.RunSandbox;
import org.jcontainerd.daemon.sandbox.Sandbox;
import org.jcontainerd.daemon.shim.Shim;
import org.jcontainerd.daemon.stats.StatsReader;
import org.jcontainerd.daemon.streaming.StreamingEndpoints;
import org.jcontainerd.daemon.trace.Timelines;

/** The calls of {@code runtime.v1.RuntimeService}, all of them. */
public record RuntimeService(
    String version,
    StatusRpc status,
    Reads reads,
    Pods pods,
    ContainerCalls calls,
    StatsReader stats,
    Streams streams) {

  /** What lists and status are answered from. */
  public record Reads(
      Registry<Sandbox> sandboxes,
      Registry<Container> containers,
      Timelines timelines,
      Clock clock) {}

  /** What changes pods. */
  public record Pods(RunSandbox run, StopSandbox stop, RemoveSandbox remove) {}

  /** What changes containers, or runs something in them. */
  public record ContainerCalls(
      CreateContainer create,
      StartContainer start,
      StopContainer stop,
      RemoveContainer remove,
      UpdateResources update,
      ExecProcess exec,
      Shim shim) {}

  /** What connects clients to processes. */
  public record Streams(StreamingEndpoints endpoints, ShimStreams processes, Layout layout) {}

  private static final List<MethodDescriptor<?, ?>> NOT_YET =
      List.of(
          RuntimeServiceGrpc.getCheckpointContainerMethod(),
          RuntimeServiceGrpc.getCheckpointPodMethod(),
          RuntimeServiceGrpc.getRestorePodMethod(),
          RuntimeServiceGrpc.getGetContainerEventsMethod(),
          RuntimeServiceGrpc.getListMetricDescriptorsMethod(),
          RuntimeServiceGrpc.getListPodSandboxMetricsMethod(),
          RuntimeServiceGrpc.getStreamPodSandboxMetricsMethod());

  public ServerServiceDefinition bind() {
    var table = new RpcTable(RuntimeServiceGrpc.getServiceDescriptor());
    bindRuntime(table);
    bindPods(table);
    bindContainers(table);
    bindStats(table);
    bindStreams(table);
    for (MethodDescriptor<?, ?> method : NOT_YET) {
      table.notYet(method, method.getBareMethodName() + ": not built yet");
    }
    return table.build();
  }

  private void bindRuntime(RpcTable table) {
    table
        .unary(RuntimeServiceGrpc.getVersionMethod(), new VersionRpc(version))
        .unary(RuntimeServiceGrpc.getStatusMethod(), status)
        .unary(RuntimeServiceGrpc.getRuntimeConfigMethod(), new RuntimeConfigRpc())
        .unary(RuntimeServiceGrpc.getUpdateRuntimeConfigMethod(), new UpdateRuntimeConfigRpc());
  }

  private void bindPods(RpcTable table) {
    var sandboxes = reads.sandboxes();
    table
        .unary(RuntimeServiceGrpc.getRunPodSandboxMethod(), new RunPodSandboxRpc(pods.run()))
        .unary(
            RuntimeServiceGrpc.getStopPodSandboxMethod(),
            new StopPodSandboxRpc(sandboxes, pods.stop()))
        .unary(
            RuntimeServiceGrpc.getRemovePodSandboxMethod(),
            new RemovePodSandboxRpc(sandboxes, pods.remove()))
        .unary(RuntimeServiceGrpc.getListPodSandboxMethod(), new ListPodSandboxRpc(sandboxes))
        .stream(
            RuntimeServiceGrpc.getStreamPodSandboxesMethod(), new StreamPodSandboxesRpc(sandboxes))
        .unary(
            RuntimeServiceGrpc.getPodSandboxStatusMethod(),
            new PodSandboxStatusRpc(
                sandboxes, reads.containers(), reads.timelines(), reads.clock()))
        .unary(
            RuntimeServiceGrpc.getUpdatePodSandboxResourcesMethod(),
            new UpdatePodSandboxResourcesRpc(sandboxes));
  }

  private void bindContainers(RpcTable table) {
    var containers = reads.containers();
    table
        .unary(
            RuntimeServiceGrpc.getCreateContainerMethod(),
            new CreateContainerRpc(reads.sandboxes(), calls.create()))
        .unary(
            RuntimeServiceGrpc.getStartContainerMethod(),
            new StartContainerRpc(containers, calls.start()))
        .unary(
            RuntimeServiceGrpc.getStopContainerMethod(),
            new StopContainerRpc(containers, calls.stop()))
        .unary(
            RuntimeServiceGrpc.getRemoveContainerMethod(),
            new RemoveContainerRpc(containers, calls.remove()))
        .unary(RuntimeServiceGrpc.getListContainersMethod(), new ListContainersRpc(containers))
        .stream(RuntimeServiceGrpc.getStreamContainersMethod(), new StreamContainersRpc(containers))
        .unary(
            RuntimeServiceGrpc.getContainerStatusMethod(),
            new ContainerStatusRpc(containers, reads.timelines()))
        .unary(
            RuntimeServiceGrpc.getUpdateContainerResourcesMethod(),
            new UpdateContainerResourcesRpc(containers, calls.update()))
        .unary(
            RuntimeServiceGrpc.getReopenContainerLogMethod(),
            new ReopenContainerLogRpc(containers, calls.shim()))
        .unary(
            RuntimeServiceGrpc.getExecSyncMethod(),
            new ExecSyncRpc(containers, calls.exec(), calls.shim()));
  }

  private void bindStats(RpcTable table) {
    var containers = reads.containers();
    var sandboxes = reads.sandboxes();
    table
        .unary(
            RuntimeServiceGrpc.getContainerStatsMethod(), new ContainerStatsRpc(containers, stats))
        .unary(
            RuntimeServiceGrpc.getListContainerStatsMethod(),
            new ListContainerStatsRpc(containers, stats))
        .stream(
            RuntimeServiceGrpc.getStreamContainerStatsMethod(),
            new StreamContainerStatsRpc(containers, stats))
        .unary(
            RuntimeServiceGrpc.getPodSandboxStatsMethod(), new PodSandboxStatsRpc(sandboxes, stats))
        .unary(
            RuntimeServiceGrpc.getListPodSandboxStatsMethod(),
            new ListPodSandboxStatsRpc(sandboxes, stats))
        .stream(
            RuntimeServiceGrpc.getStreamPodSandboxStatsMethod(),
            new StreamPodSandboxStatsRpc(sandboxes, stats));
  }

  private void bindStreams(RpcTable table) {
    table
        .unary(
            RuntimeServiceGrpc.getExecMethod(),
            new ExecRpc(reads.containers(), calls.exec(), streams.processes(), streams.endpoints()))
        .unary(
            RuntimeServiceGrpc.getAttachMethod(),
            new AttachRpc(reads.containers(), streams.processes(), streams.endpoints()))
        .unary(
            RuntimeServiceGrpc.getPortForwardMethod(),
            new PortForwardRpc(reads.sandboxes(), streams.layout(), streams.endpoints()));
  }
}
