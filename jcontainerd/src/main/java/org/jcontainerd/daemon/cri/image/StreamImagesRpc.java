package org.jcontainerd.daemon.cri.image;

import java.util.function.Consumer;
import org.jcontainerd.api.cri.v1.StreamImagesRequest;
import org.jcontainerd.api.cri.v1.StreamImagesResponse;
import org.jcontainerd.daemon.cri.Batches;
import org.jcontainerd.daemon.cri.StreamRpc;
import org.jcontainerd.daemon.image.ImageFailure;
import org.jcontainerd.daemon.image.Images;

/** {@code ListImages} in parts. */
public record StreamImagesRpc(Images images)
    implements StreamRpc<StreamImagesRequest, StreamImagesResponse> {
  @Override
  public void call(StreamImagesRequest request, Consumer<StreamImagesResponse> out)
      throws ImageFailure {
    Batches.send(
        ListImagesRpc.select(images, request.getFilter()).map(ImageView::item),
        batch -> out.accept(StreamImagesResponse.newBuilder().addAllImages(batch).build()));
  }
}
