package org.jcontainerd.daemon.cri.image;

import java.util.stream.Stream;
import org.jcontainerd.api.cri.v1.ImageFilter;
import org.jcontainerd.api.cri.v1.ListImagesRequest;
import org.jcontainerd.api.cri.v1.ListImagesResponse;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.image.Image;
import org.jcontainerd.daemon.image.ImageFailure;
import org.jcontainerd.daemon.image.Images;

/** The images that are here. */
public record ListImagesRpc(Images images) implements Rpc<ListImagesRequest, ListImagesResponse> {
  @Override
  public ListImagesResponse call(ListImagesRequest request) throws ImageFailure {
    var response = ListImagesResponse.newBuilder();
    select(images, request.getFilter()).map(ImageView::item).forEach(response::addImages);
    return response.build();
  }

  static Stream<Image> select(Images images, ImageFilter filter) throws ImageFailure {
    String name = filter.getImage().getImage();
    return name.isEmpty() ? images.list().stream() : images.find(name).stream();
  }
}
