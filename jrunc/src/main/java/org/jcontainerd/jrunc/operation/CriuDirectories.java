package org.jcontainerd.jrunc.operation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jcontainerd.jrunc.CriuSettings;
import org.jcontainerd.jrunc.RuncFailure;
import org.jcontainerd.jrunc.checkpoint.CriuOption;
import org.jcontainerd.jrunc.checkpoint.CriuOptions;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.linux.fs.HostFile;
import org.jcontainerd.oci.json.JsonValue;
import org.jcontainerd.oci.json.OciJson;

/**
 * The directories of a checkpoint, held open while criu works: it finds them by our descriptors'
 * numbers.
 */
record CriuDirectories(CriuSettings settings, Fd images, HeldFd work) implements AutoCloseable {
  private static final String DESCRIPTORS = "descriptors.json";
  private static final int CLONE_NEWNET = 0x40000000;
  private static final int LOG_LEVEL = 4;

  static CriuDirectories open(CriuSettings settings) throws IOException, RuncFailure {
    if (!Files.isDirectory(settings.images())) {
      throw new RuncFailure.InvalidArgument(
          "--image-path", "'" + settings.images() + "' is no directory");
    }
    Fd images = HostFile.directory(settings.images());
    try {
      if (settings.work().isEmpty()) {
        return new CriuDirectories(settings, images, HeldFd.none());
      }
      Files.createDirectories(settings.work().get());
      return new CriuDirectories(
          settings, images, HeldFd.of(HostFile.directory(settings.work().get())));
    } catch (IOException e) {
      images.close();
      throw e;
    }
  }

  /**
   * Options that dump and restore share. The network namespace is saved empty: it is made and
   * configured by who runs us.
   */
  CriuOptions options(String log) {
    CriuOptions options =
        new CriuOptions()
            .number(CriuOption.IMAGES_DIR_FD, images.number())
            .number(CriuOption.LOG_LEVEL, LOG_LEVEL)
            .text(CriuOption.LOG_FILE, log)
            .flag(CriuOption.MANAGE_CGROUPS, true)
            .number(CriuOption.MANAGE_CGROUPS_MODE, settings.cgroups().number())
            .flag(CriuOption.NOTIFY_SCRIPTS, true)
            .flag(CriuOption.ORPHAN_PTS_MASTER, true)
            .number(CriuOption.EMPTY_NS, CLONE_NEWNET);
    work.fd().ifPresent(fd -> options.number(CriuOption.WORK_DIR_FD, fd.number()));
    for (CriuSettings.Flag flag : settings.flags()) {
      options.flag(CriuOption.valueOf(flag.name()), true);
    }
    return options;
  }

  static void writeDescriptors(CriuSettings settings, byte[] json) throws IOException {
    Files.write(settings.images().resolve(DESCRIPTORS), json);
  }

  /** Where the standard streams led when the container was saved. */
  static List<String> readDescriptors(CriuSettings settings) throws IOException, RuncFailure {
    Path file = settings.images().resolve(DESCRIPTORS);
    try {
      JsonValue value = OciJson.readValue(Files.readAllBytes(file));
      if (value instanceof JsonValue.Elements(var items)) {
        return items.stream()
            .map(item -> item instanceof JsonValue.Text(String text) ? text : "")
            .toList();
      }
      throw new RuncFailure.InvalidArgument("--image-path", "'" + file + "' is no list");
    } catch (NoSuchFileException e) {
      throw new RuncFailure.InvalidArgument(
          "--image-path",
          "'" + settings.images() + "' has no " + DESCRIPTORS + ", so no whole checkpoint",
          e);
    }
  }

  @Override
  public void close() {
    images.close();
    work.close();
  }
}
