package org.jcontainerd.jrunc;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jcontainerd.linux.Fd;
import org.jcontainerd.oci.runtime.Spec;

/**
 * What {@link Jrunc#create} makes a container from.
 *
 * @param id name of the container: letters, digits and {@code _ + - .}
 * @param bundle directory with config.json, absolute
 * @param spec the configuration if the caller has it in memory; else config.json is read
 * @param stdio the process's standard streams
 * @param keeper whether the helper stays as keeper, with its files in {@code <bundle>/init/}; if
 *     not, the container's process becomes a child of the caller's subreaper
 * @param preserved descriptors that the process gets as 3, 4, ...; borrowed
 * @param options rarely used settings of the command line
 */
public record CreateRequest(
    String id,
    Path bundle,
    Optional<Spec> spec,
    Stdio stdio,
    boolean keeper,
    List<Fd> preserved,
    Options options) {

  public CreateRequest {
    preserved = List.copyOf(preserved);
  }

  /** The request of a shim: a keeper, nothing preserved. */
  public static CreateRequest kept(String id, Path bundle, Optional<Spec> spec, Stdio stdio) {
    return new CreateRequest(id, bundle, spec, stdio, true, List.of(), Options.DEFAULT);
  }

  /**
   * Settings that runc has as flags.
   *
   * @param noPivot move the root by MS_MOVE and chroot, for a root on an initramfs
   * @param noNewKeyring keep the caller's session keyring
   * @param notifySocket make a directory for the socket of sd_notify(3) beside the container's
   *     state; the configuration has a mount of it
   */
  public record Options(boolean noPivot, boolean noNewKeyring, boolean notifySocket) {
    public static final Options DEFAULT = new Options(false, false, false);
  }
}
