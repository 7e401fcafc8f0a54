package org.jcontainerd.jshim;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.ExecutionException;
import org.jcontainerd.api.containerd.task.v3.CreateTaskRequest;
import org.jcontainerd.api.containerd.task.v3.DeleteRequest;
import org.jcontainerd.api.containerd.task.v3.KillRequest;
import org.jcontainerd.api.containerd.task.v3.WaitRequest;
import org.jcontainerd.api.shim.v1.CriIo;
import org.jcontainerd.api.shim.v1.ExecSyncRequest;
import org.jcontainerd.api.shim.v1.InfoRequest;
import org.jcontainerd.api.shim.v1.ListTasksRequest;
import org.jcontainerd.api.shim.v1.TaskOptions;
import org.jcontainerd.jshim.event.TaskEvents;
import org.jcontainerd.jshim.server.ShimPaths;
import org.jcontainerd.jshim.server.ShimServer;
import org.jcontainerd.jshim.service.Methods;
import org.jcontainerd.ttrpc.Metadata;
import org.jcontainerd.ttrpc.Method;
import org.jcontainerd.ttrpc.TtrpcClient;
import org.jcontainerd.ttrpc.TtrpcException;

/**
 * The run that the build makes the shim's AOT cache from: a shim in a directory of its own, and the
 * life of one container where the machine lets us run one. A class that was not loaded here is
 * loaded from its jar when the first pod starts, which only costs time.
 */
public final class Training {
  /** A call that is given up leaves what it was about; trainings run beside each other. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final int SIGKILL = 9;
  private static final String NAMESPACE = "training";
  private static final String ID = "training-" + ProcessHandle.current().pid();

  private final TtrpcClient client;

  private Training(TtrpcClient client) {
    this.client = client;
  }

  public static void main(String[] args) throws Exception {
    Path state = Files.createTempDirectory("jshim-training");
    try {
      serve(state);
    } finally {
      try (var tree = Files.walk(state)) {
        for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    System.exit(0);
  }

  private static void serve(Path state)
      throws IOException, ExecutionException, InterruptedException {
    var paths = new ShimPaths(state, NAMESPACE, "");
    try (var _ = ShimServer.start(paths, TaskEvents.NONE, new ShimLog(System.err)).orElseThrow();
        var client = TtrpcClient.connect(paths.socket())) {
      var training = new Training(client);
      var _ = training.call(Methods.INFO, InfoRequest.getDefaultInstance());
      training.runContainer(paths.tasks().resolve(ID), state.resolve("training.log"));
      var _ = training.call(Methods.LIST_TASKS, ListTasksRequest.getDefaultInstance());
    } catch (TtrpcException e) {
      System.err.println("training: no container here, so a smaller cache: " + e.getMessage());
    }
  }

  private <Q extends Message, R extends Message> R call(Method<Q, R> method, Q request)
      throws TtrpcException {
    return client.call(method, request, Metadata.namespace(NAMESPACE), PATIENCE);
  }

  private void runContainer(Path bundle, Path log) throws IOException {
    Path helper = Path.of(System.getProperty("jcontainerd.home", ""), "lib/jrunc-init");
    Files.createDirectories(bundle.resolve("rootfs"));
    var _ = Files.copy(helper, bundle.resolve("rootfs/pause"));
    for (String mountPoint : new String[] {"proc", "dev", "sys"}) {
      var _ = Files.createDirectory(bundle.resolve("rootfs").resolve(mountPoint));
    }
    var _ = Files.writeString(bundle.resolve("config.json"), spec());
    var io = CriIo.newBuilder().setLogPath(log.toString());
    var options = TaskOptions.newBuilder().setCriIo(io).setStart(true).build();
    var _ =
        call(
            Methods.CREATE,
            CreateTaskRequest.newBuilder()
                .setId(ID)
                .setBundle(bundle.toString())
                .setOptions(
                    Any.newBuilder()
                        .setTypeUrl("jcontainerd.shim.v1.TaskOptions")
                        .setValue(options.toByteString()))
                .build());
    try {
      for (int i = 0; i < 3; i++) {
        var _ =
            call(
                Methods.EXEC_SYNC,
                ExecSyncRequest.newBuilder().setId(ID).setProcess(version()).build());
      }
    } finally {
      var _ = call(Methods.KILL, KillRequest.newBuilder().setId(ID).setSignal(SIGKILL).build());
      var _ = call(Methods.WAIT, WaitRequest.newBuilder().setId(ID).build());
      var _ = call(Methods.DELETE, DeleteRequest.newBuilder().setId(ID).build());
    }
  }

  private static ByteString version() {
    return ByteString.copyFrom(
        """
        {"args": ["/pause", "--version"], "cwd": "/", "user": {"uid": 0, "gid": 0}}
        """,
        StandardCharsets.UTF_8);
  }

  /** What an ordinary container of a pod has. */
  private static String spec() {
    return """
    {
      "ociVersion": "1.2.0",
      "process": {
        "args": ["/pause", "pause"], "env": ["PATH=/bin"], "cwd": "/",
        "user": {"uid": 0, "gid": 0, "additionalGids": [0]},
        "capabilities": {"bounding": ["CAP_CHOWN"], "effective": ["CAP_CHOWN"], "permitted": ["CAP_CHOWN"]},
        "noNewPrivileges": true
      },
      "root": {"path": "rootfs"},
      "hostname": "training",
      "mounts": [
        {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"]},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=65536k"]},
        {"destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["newinstance", "ptmxmode=0666"]},
        {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]},
        {"destination": "/etc/hosts", "type": "bind", "source": "/etc/hosts", "options": ["rbind", "rprivate", "ro"]}
      ],
      "linux": {
        "namespaces": [
          {"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}, {"type": "network"}
        ],
        "cgroupsPath": "/%s",
        "resources": {"memory": {"limit": 67108864}, "cpu": {"shares": 100}},
        "maskedPaths": ["/proc/kcore", "/sys/firmware"],
        "readonlyPaths": ["/proc/sys"],
        "seccomp": {
          "defaultAction": "SCMP_ACT_ALLOW",
          "syscalls": [{"names": ["add_key", "keyctl"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]
        }
      }
    }
    """
        .formatted(ID);
  }
}
