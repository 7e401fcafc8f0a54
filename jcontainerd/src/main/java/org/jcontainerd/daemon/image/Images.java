package org.jcontainerd.daemon.image;

import java.util.List;
import java.util.Optional;
import org.jcontainerd.daemon.registry.RegistryAuth;
import org.jcontainerd.oci.distribution.ImageName;

/** The images of this node. Thread-safe. */
public interface Images {
  /**
   * Fetches an image, unpacks it, and lets the name mean it from now on. Layers that are here are
   * not fetched. Callers that pull the same name with the same credentials at the same time share
   * one pull.
   *
   * <p>To give up (a caller's deadline), interrupt the calling thread: it returns at once. The pull
   * itself stops when its last caller has left, and leaves complete blobs but no half snapshot.
   *
   * @param auth who the caller is; empty for anonymous
   * @param progress written to while this runs
   * @throws ImageFailure with the reason of every endpoint that was tried
   * @throws InterruptedException if the calling thread was interrupted
   */
  Image pull(ImageName name, Optional<RegistryAuth> auth, PullProgress progress)
      throws ImageFailure, InterruptedException;

  /**
   * Looks an image up by a tag, a name without tag (meaning {@code latest}), a digest, an id
   * ("sha256:..." or hex alone) or the beginning of an id's hex digits.
   *
   * @return empty if there is none; a text that cannot name an image names none
   * @throws ImageFailure.InvalidReference if the beginning of an id means several images
   */
  Optional<Image> find(String referenceOrId) throws ImageFailure;

  /** Every image, in the order of their ids. */
  List<Image> list();

  /**
   * Removes an image with all its names, also those of other registries; what containers use of it
   * stays until they are removed. Nothing happens if there is none. When this returns no list has
   * it.
   */
  void remove(String referenceOrId) throws ImageFailure;

  /**
   * Removes snapshots and blobs that no image and no container has; for the start, and after a
   * container was removed whose image had gone before.
   */
  void collect() throws ImageFailure;

  /** Space of images and of containers. */
  FsUsage fsUsage() throws ImageFailure;

  /** Pulls that run now, by image name. */
  java.util.Map<ImageName, PullProgress> pulls();
}
