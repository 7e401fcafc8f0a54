package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jcontainerd.jrunc.ContainerInfo;
import org.jcontainerd.jrunc.ContainerStatus;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.state.ContainerFiles;
import org.jcontainerd.jrunc.state.ContainerState;
import org.jcontainerd.linux.LinuxException;

/** What containers are like now. The status comes from the kernel, never from a file. */
public final class ContainerInfos {
  private ContainerInfos() {}

  /** One container. */
  public static ContainerInfo of(RuntimeContext context, String id) throws RuncFailure {
    try {
      RuntimeContext.Known container = context.find(id);
      return info(context, container, context.files(id));
    } catch (IOException e) {
      throw new RuncFailure.Failed("look at container '" + id + "'", e);
    }
  }

  /** All containers; one that is gone or unreadable meanwhile is a warning. */
  public static List<ContainerInfo> all(RuntimeContext context) throws RuncFailure {
    var infos = new ArrayList<ContainerInfo>();
    try {
      for (String id : ContainerFiles.list(context.root())) {
        try {
          infos.add(of(context, id));
        } catch (RuncFailure e) {
          context.warnings().accept("list: " + e.getMessage());
        }
      }
    } catch (IOException e) {
      throw new RuncFailure.Failed("list '" + context.root() + "'", e);
    }
    return infos;
  }

  private static ContainerInfo info(
      RuntimeContext context, RuntimeContext.Known container, ContainerFiles files)
      throws IOException {
    ContainerState state = container.state();
    ContainerStatus status = status(context, state, files);
    return new ContainerInfo(
        state.id(),
        status,
        status == ContainerStatus.STOPPED ? OptionalInt.empty() : OptionalInt.of(state.pid()),
        Path.of(state.bundle()),
        Path.of(state.rootfs()),
        state.created(),
        ownerName(files.owner()),
        state.annotations());
  }

  static ContainerStatus status(RuntimeContext context, ContainerState state, ContainerFiles files)
      throws LinuxException {
    if (!ContainerProcess.isAlive(state.pid(), state.startTicks())) {
      return ContainerStatus.STOPPED;
    }
    if (files.isWaiting()) {
      return ContainerStatus.CREATED;
    }
    return context.cgroup(state).isFrozen() ? ContainerStatus.PAUSED : ContainerStatus.RUNNING;
  }

  /** As runc: the name that /etc/passwd has for the user, or the number after a {@code #}. */
  private static String ownerName(int uid) throws IOException {
    if (uid == 0) {
      return "root";
    }
    String number = Integer.toUnsignedString(uid);
    try (var lines = Files.lines(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1)) {
      return lines
          .map(line -> line.split(":", -1))
          .filter(fields -> fields.length > 2 && fields[2].equals(number))
          .map(fields -> fields[0])
          .findFirst()
          .orElse("#" + number);
    } catch (NoSuchFileException _) {
      return "#" + number;
    }
  }
}
