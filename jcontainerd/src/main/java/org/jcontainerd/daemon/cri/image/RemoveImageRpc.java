package org.jcontainerd.daemon.cri.image;

import org.jcontainerd.api.cri.v1.RemoveImageRequest;
import org.jcontainerd.api.cri.v1.RemoveImageResponse;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.image.ImageFailure;
import org.jcontainerd.daemon.image.Images;

/** Removes an image with all its names; one that is not here is removed. */
public record RemoveImageRpc(Images images)
    implements Rpc<RemoveImageRequest, RemoveImageResponse> {
  @Override
  public RemoveImageResponse call(RemoveImageRequest request) throws ImageFailure {
    String name = request.getImage().getImage();
    if (name.isEmpty()) {
      throw new DaemonFailure.InvalidArgument("remove image: no image given");
    }
    images.remove(name);
    return RemoveImageResponse.getDefaultInstance();
  }
}
