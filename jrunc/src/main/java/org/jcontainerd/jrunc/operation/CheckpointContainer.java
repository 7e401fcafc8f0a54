package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import org.jcontainerd.jrunc.CheckpointRequest;
import org.jcontainerd.jrunc.ContainerStatus;
import org.jcontainerd.jrunc.CriuSettings;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.checkpoint.CriuListener;
import org.jcontainerd.jrunc.checkpoint.CriuLog;
import org.jcontainerd.jrunc.checkpoint.CriuOption;
import org.jcontainerd.jrunc.checkpoint.CriuOptions;
import org.jcontainerd.jrunc.checkpoint.CriuProcess;
import org.jcontainerd.jrunc.checkpoint.CriuRequest;
import org.jcontainerd.jrunc.checkpoint.ExternalMounts;
import org.jcontainerd.jrunc.state.ContainerState;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/**
 * Saves a running container with criu(8), and unless it is to run on, ends and deletes it. The
 * images are interchangeable with runc's: same names for external mounts and namespaces, same
 * {@code descriptors.json}.
 */
public final class CheckpointContainer {
  private static final String LOG = "dump.log";

  private final RuntimeContext context;
  private final CheckpointRequest request;

  public CheckpointContainer(RuntimeContext context, CheckpointRequest request) {
    this.context = context;
    this.request = request;
  }

  public void run() throws RuncFailure {
    try {
      checkpoint();
    } catch (IOException e) {
      throw new RuncFailure.Failed("checkpoint container '" + request.id() + "'", e);
    }
  }

  private void checkpoint() throws IOException, RuncFailure {
    RuntimeContext.Known container = context.find(request.id());
    ContainerStatus status =
        ContainerInfos.status(context, container.state(), context.files(request.id()));
    if (status != ContainerStatus.RUNNING && status != ContainerStatus.PAUSED) {
      throw new RuncFailure.FailedPrecondition(
          "container cannot be checkpointed in " + status.word() + " state; it must be running");
    }
    dump(container);
    if (!request.leaveRunning() && !request.preDump()) {
      new DeleteContainer(context, request.id()).run(true);
    }
  }

  private void dump(RuntimeContext.Known container) throws IOException, RuncFailure {
    CriuSettings settings = request.criu();
    Files.createDirectories(settings.images());
    try (CriuDirectories directories = CriuDirectories.open(settings);
        Fd nothing = HostFile.readingAndWriting(Path.of("/dev/null"))) {
      CriuOptions options = directories.options(LOG);
      fill(options, container);
      var streams = new TreeMap<>(Map.of(0, nothing, 1, nothing, 2, nothing));
      try (CriuProcess criu = CriuProcess.start(settings.program(), streams)) {
        criu.perform(
            request.preDump() ? CriuRequest.PRE_DUMP : CriuRequest.DUMP, options, listener());
      } catch (IOException e) {
        throw CriuLog.explained(e, settings.logs().resolve(LOG));
      }
    }
  }

  private void fill(CriuOptions options, RuntimeContext.Known container)
      throws IOException, RuncFailure {
    ContainerState state = container.state();
    options
        .number(CriuOption.PID, state.pid())
        .text(CriuOption.ROOT, state.rootfs())
        .flag(CriuOption.LEAVE_RUNNING, request.leaveRunning());
    CriuNamespaces.outside(container.spec(), options);
    CriuNamespaces.config(container.spec(), options);
    context
        .cgroup(state)
        .freezer()
        .ifPresent(directory -> options.text(CriuOption.FREEZE_CGROUP, directory.toString()));
    request
        .pageServer()
        .ifPresent(server -> options.pair(CriuOption.PAGE_SERVER, server.address(), server.port()));
    request
        .parent()
        .ifPresent(
            parent -> options.text(CriuOption.PARENT_IMG, parent).flag(CriuOption.TRACK_MEM, true));
    if (!request.preDump()) {
      ExternalMounts.of(
              container.spec(),
              Path.of(state.bundle()),
              Path.of(state.rootfs()),
              context.cgroup(state).directories())
          .nameAll(options, state.pid());
      CriuDirectories.writeDescriptors(request.criu(), descriptors(state.pid()));
    }
  }

  /** Where the standard streams lead, so that pipes can be given new ones. */
  private static byte[] descriptors(int pid) throws IOException {
    var links = new ArrayList<JsonValue>();
    for (int number = 0; number <= 2; number++) {
      Path link = Path.of("/proc", Integer.toString(pid), "fd", Integer.toString(number));
      try {
        links.add(new JsonValue.Text(Files.readSymbolicLink(link).toString()));
      } catch (NoSuchFileException _) {
        links.add(new JsonValue.Text("")); // closed by the program
      }
    }
    return OciJson.write(new JsonValue.Elements(links));
  }

  private CriuListener listener() {
    return (point, _, _) -> {
      if (point.equals("status-ready") && request.statusFd().isPresent()) {
        try (Fd ready = Fd.adopt(request.statusFd().get(), "--status-fd")) {
          ready.writeFully(ByteBuffer.wrap(new byte[1]));
        }
      }
    };
  }
}
