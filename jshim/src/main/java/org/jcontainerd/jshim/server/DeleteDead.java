package org.jcontainerd.jshim.server;

import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jcontainerd.api.containerd.task.v3.DeleteResponse;
import org.jcontainerd.jrunc.Jrunc;
import org.jcontainerd.jrunc.JruncOptions;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.keeper.ExitRecord;
import org.jcontainerd.jshim.task.Bundle;
import org.jcontainerd.jshim.task.RootfsMounts;

/**
 * The verb {@code delete}: removes what is left of a container whose shim is dead, without starting
 * another one.
 */
public final class DeleteDead {
  private static final int KILLED = 137;

  private DeleteDead() {}

  public static DeleteResponse run(ShimPaths paths, String id, Optional<Path> directory)
      throws IOException {
    var bundle = new Bundle(directory.orElseGet(() -> paths.tasks().resolve(id)));
    var exit = ExitRecord.read(bundle.init());
    var record = bundle.record();
    if (record.isPresent()) {
      deleteContainer(Path.of(record.get().runtimeRoot()), id);
      RootfsMounts.unmount(bundle.rootfs());
      bundle.removeRecords();
    }
    var at = exit.isPresent() ? exit.get().at() : Instant.now();
    int status = exit.isPresent() ? exit.get().status().shellCode() : KILLED;
    return DeleteResponse.newBuilder()
        .setExitStatus(status)
        .setExitedAt(Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()))
        .build();
  }

  private static void warn(String line) {
    System.err.println(line);
  }

  private static void deleteContainer(Path root, String id) throws IOException {
    try (var jrunc = Jrunc.open(JruncOptions.command(root, DeleteDead::warn))) {
      jrunc.delete(id, true);
    } catch (RuncFailure.NotFound e) {
      // removed before
    } catch (RuncFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
