package org.jcontainerd.daemon.cri.image;

import java.util.Optional;
import org.jcontainerd.api.cri.v1.AuthConfig;
import org.jcontainerd.api.cri.v1.PullImageRequest;
import org.jcontainerd.api.cri.v1.PullImageResponse;
import org.jcontainerd.daemon.cri.Cancellation;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.image.Image;
import org.jcontainerd.daemon.image.Images;
import org.jcontainerd.daemon.image.PullProgress;
import org.jcontainerd.daemon.registry.RegistryAuth;
import org.jcontainerd.oci.distribution.ImageName;

/**
 * Fetches an image; the answer is its id, the same word by which every other call knows it. Ends
 * early when the client goes away.
 */
public record PullImageRpc(Images images) implements Rpc<PullImageRequest, PullImageResponse> {
  @Override
  public PullImageResponse call(PullImageRequest request) throws Exception {
    ImageName name = name(request.getImage().getImage());
    Optional<RegistryAuth> auth = auth(request.getAuth());
    Image image = Cancellation.interrupting(() -> images.pull(name, auth, new PullProgress()));
    return PullImageResponse.newBuilder().setImageRef(image.id().toString()).build();
  }

  private static ImageName name(String text) {
    try {
      return ImageName.parse(text);
    } catch (IllegalArgumentException e) {
      throw new DaemonFailure.InvalidArgument("pull image '" + text + "'", e);
    }
  }

  private static Optional<RegistryAuth> auth(AuthConfig auth) {
    if (!auth.getUsername().isEmpty()) {
      return Optional.of(new RegistryAuth.Password(auth.getUsername(), auth.getPassword()));
    }
    if (!auth.getIdentityToken().isEmpty()) {
      return Optional.of(new RegistryAuth.IdentityToken(auth.getIdentityToken()));
    }
    if (!auth.getRegistryToken().isEmpty()) {
      return Optional.of(new RegistryAuth.RegistryToken(auth.getRegistryToken()));
    }
    try {
      return auth.getAuth().isEmpty()
          ? Optional.empty()
          : Optional.of(RegistryAuth.ofBasic(auth.getAuth()));
    } catch (IllegalArgumentException e) {
      throw new DaemonFailure.InvalidArgument("pull image: auth is malformed", e);
    }
  }
}
