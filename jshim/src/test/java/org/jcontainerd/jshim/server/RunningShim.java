package org.jcontainerd.jshim.server;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jcontainerd.api.containerd.task.v3.CreateTaskRequest;
import org.jcontainerd.api.containerd.task.v3.DeleteRequest;
import org.jcontainerd.api.containerd.task.v3.DeleteResponse;
import org.jcontainerd.api.containerd.task.v3.KillRequest;
import org.jcontainerd.api.containerd.task.v3.StartRequest;
import org.jcontainerd.api.containerd.task.v3.WaitRequest;
import org.jcontainerd.api.containerd.task.v3.WaitResponse;
import org.jcontainerd.api.containerd.types.Mount;
import org.jcontainerd.api.shim.v1.CriIo;
import org.jcontainerd.api.shim.v1.ExecSyncRequest;
import org.jcontainerd.api.shim.v1.ExecSyncResponse;
import org.jcontainerd.api.shim.v1.InfoRequest;
import org.jcontainerd.api.shim.v1.ListTasksRequest;
import org.jcontainerd.api.shim.v1.TaskInfo;
import org.jcontainerd.api.shim.v1.TaskOptions;
import org.jcontainerd.jrunc.oci.TestBundle;
import org.jcontainerd.jshim.Main;
import org.jcontainerd.jshim.service.Methods;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.oci.runtime.ProcessSpec;
import org.jcontainerd.oci.runtime.Spec;
import org.jcontainerd.testing.runtime.OtherProcess;
import org.jcontainerd.ttrpc.Metadata;
import org.jcontainerd.ttrpc.Method;
import org.jcontainerd.ttrpc.TtrpcClient;
import org.jcontainerd.ttrpc.TtrpcException;

/**
 * A real shim in a process of its own, started as a daemon starts it, and what a daemon says to it.
 * Closing it removes every container.
 */
final class RunningShim {
  static final String NAMESPACE = "test";
  private static final Pattern NEWLINE = Pattern.compile("\n");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  final Path state;
  private final Path root;
  private TtrpcClient client;

  private RunningShim(Path state, Path root, TtrpcClient client) {
    this.state = state;
    this.root = root;
    this.client = client;
  }

  static RunningShim start(Path directory) throws Exception {
    var state = Files.createDirectories(directory.resolve("state"));
    var root = TestBundle.create(directory.resolve("image")).rootfs();
    return new RunningShim(state, root, TtrpcClient.connect(socket(startProcess(state))));
  }

  /** Runs {@code start} and answers what it prints. */
  static String startProcess(Path state) throws Exception {
    var process =
        new ProcessBuilder(command(state, "start"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("start ended with " + process.exitValue());
    }
    return answer;
  }

  static List<String> command(Path state, String verb) {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xms8m",
            "-Xmx256m",
            "-XX:MinHeapFreeRatio=10",
            "-XX:MaxHeapFreeRatio=30",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "-state",
            state.toString(),
            "-namespace",
            NAMESPACE,
            "-address",
            "/nowhere/daemon.sock",
            "-id",
            "any",
            verb));
    return command;
  }

  static Path socket(String address) {
    return Path.of(address.substring("unix://".length()));
  }

  int pid() throws Exception {
    return call(Methods.INFO, InfoRequest.getDefaultInstance()).getPid();
  }

  /** kill -9. Returns when the process is gone. */
  void kill() throws Exception {
    OtherProcess.kill(pid());
    client.close();
  }

  /** Starts a new shim after {@link #kill}. */
  void startAgain() throws Exception {
    client = TtrpcClient.connect(socket(startProcess(state)));
  }

  <Q extends Message, R extends Message> R call(Method<Q, R> method, Q request)
      throws TtrpcException {
    return client.call(method, request, Metadata.namespace(NAMESPACE), PATIENCE);
  }

  Path bundle(String id) {
    return state.resolve("io.containerd.runtime.v2.task").resolve(NAMESPACE).resolve(id);
  }

  Path log(String id) {
    return state.resolve(id + ".log");
  }

  /** A request for a container with the test image's root and a CRI log. */
  CreateTaskRequest.Builder request(String id, CriIo.Builder io, boolean start, Spec spec)
      throws IOException {
    var bundle = Files.createDirectories(bundle(id));
    Files.write(bundle.resolve("config.json"), OciJson.write(spec));
    return CreateTaskRequest.newBuilder()
        .setId(id)
        .setBundle(bundle.toString())
        .setTerminal(spec.process().orElseThrow().terminal())
        .addRootfs(
            Mount.newBuilder()
                .setType("bind")
                .setSource(root.toString())
                .addOptions("rbind")
                .addOptions("rw"))
        .setOptions(
            Any.newBuilder()
                .setTypeUrl("jcontainerd.shim.v1.TaskOptions")
                .setValue(
                    TaskOptions.newBuilder().setCriIo(io).setStart(start).build().toByteString()));
  }

  CriIo.Builder logged(String id) {
    return CriIo.newBuilder().setLogPath(log(id).toString());
  }

  /** Creates and starts a container that runs a shell script. */
  int run(String id, String script) throws Exception {
    return call(
            Methods.CREATE,
            request(id, logged(id), true, TestBundle.spec("sh", "-c", script)).build())
        .getPid();
  }

  int start(String id) throws TtrpcException {
    return call(Methods.START, StartRequest.newBuilder().setId(id).build()).getPid();
  }

  WaitResponse await(String id) throws TtrpcException {
    return call(Methods.WAIT, WaitRequest.newBuilder().setId(id).build());
  }

  CompletableFuture<WaitResponse> whenExited(String id) {
    return client.start(
        Methods.WAIT, WaitRequest.newBuilder().setId(id).build(), Metadata.namespace(NAMESPACE));
  }

  void signal(String id, int signal) throws TtrpcException {
    var _ = call(Methods.KILL, KillRequest.newBuilder().setId(id).setSignal(signal).build());
  }

  DeleteResponse delete(String id) throws TtrpcException {
    return call(Methods.DELETE, DeleteRequest.newBuilder().setId(id).build());
  }

  ExecSyncResponse execSync(String id, Duration timeout, String... args) throws TtrpcException {
    return call(
        Methods.EXEC_SYNC,
        ExecSyncRequest.newBuilder()
            .setId(id)
            .setProcess(process(args))
            .setTimeoutNanos(timeout.toNanos())
            .build());
  }

  static ByteString process(String... args) {
    return ByteString.copyFrom(
        OciJson.write(
            ProcessSpec.builder().args(List.of(args)).env(List.of("PATH=/bin")).cwd("/").build()));
  }

  List<TaskInfo> list() throws TtrpcException {
    return call(Methods.LIST_TASKS, ListTasksRequest.getDefaultInstance()).getTasksList();
  }

  /** The content of all log lines, without their prefixes. */
  List<String> lines(String id) throws IOException {
    // not readAllLines: that takes the carriage return of a terminal for a part of the line's end
    var text = Files.readString(log(id));
    return text.isEmpty()
        ? List.of()
        : NEWLINE.splitAsStream(text).map(RunningShim::content).toList();
  }

  private static String content(String line) {
    return line.split(" ", 4)[3];
  }

  /** A connection to a stream, after the handshake. */
  SocketChannel stream(String id, String execId, String stream) throws Exception {
    var path = call(Methods.INFO, InfoRequest.getDefaultInstance()).getStreamSocket();
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    var _ = channel.connect(UnixDomainSocketAddress.of(path));
    var line =
        "{\"namespace\":\"%s\",\"id\":\"%s\",\"exec_id\":\"%s\",\"stream\":\"%s\"}\n"
            .formatted(NAMESPACE, id, execId, stream);
    write(channel, line);
    var answer = readLine(channel);
    if (!answer.equals("{}")) {
      throw new IOException(answer);
    }
    return channel;
  }

  static void write(SocketChannel channel, String text) throws IOException {
    var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      int _ = channel.write(bytes);
    }
  }

  /** Reads up to a newline; empty at the end. */
  static String readLine(SocketChannel channel) throws IOException {
    var line = new StringBuilder();
    var one = ByteBuffer.allocate(1);
    while (channel.read(one.clear()) == 1 && one.get(0) != '\n') {
      line.append((char) one.get(0));
    }
    return line.toString();
  }

  static String readAll(SocketChannel channel) throws IOException {
    var text = new StringBuilder();
    var some = ByteBuffer.allocate(4096);
    while (channel.read(some.clear()) >= 0) {
      text.append(StandardCharsets.UTF_8.decode(some.flip()));
    }
    return text.toString();
  }

  void close() throws Exception {
    try (var last = client) {
      removeContainers();
      int pid = pid();
      var _ =
          last.call(
              Methods.SHUTDOWN,
              org.jcontainerd.api.containerd.task.v3.ShutdownRequest.getDefaultInstance(),
              Metadata.namespace(NAMESPACE));
      OtherProcess.awaitEnd(pid);
    }
  }

  /** Ends and deletes every container; fails if one of them leaves a mount behind. */
  void removeContainers() throws Exception {
    for (var task : list()) {
      remove(task);
    }
    try (var logs = Files.newDirectoryStream(state, "*.log")) {
      for (var log : logs) {
        if (!log.endsWith("jshim.log")) {
          Files.delete(log);
        }
      }
    }
    var mounts = Files.readString(Path.of("/proc/self/mounts"));
    if (mounts.contains(state.toString())) {
      throw new AssertionError("mounts left below " + state);
    }
  }

  private void remove(TaskInfo task) throws TtrpcException {
    try {
      signal(task.getId(), 9);
    } catch (TtrpcException e) {
      // it had ended
    }
    var _ = await(task.getId());
    var _ = delete(task.getId());
  }
}
