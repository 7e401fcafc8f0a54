package org.jcontainerd.daemon.cri.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jcontainerd.api.cri.v1.ImageStatusRequest;
import org.jcontainerd.api.cri.v1.ImageStatusResponse;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.failure.DaemonFailure;
import org.jcontainerd.daemon.image.Image;
import org.jcontainerd.daemon.image.ImageFailure;
import org.jcontainerd.daemon.image.Images;
import org.jcontainerd.daemon.image.PullProgress;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.oci.json.OciJson;

/** One image; an image that is not here is an answer without one, not an error (CRI). */
public record ImageStatusRpc(Images images)
    implements Rpc<ImageStatusRequest, ImageStatusResponse> {
  @Override
  public ImageStatusResponse call(ImageStatusRequest request) throws ImageFailure {
    String name = request.getImage().getImage();
    if (name.isEmpty()) {
      throw new DaemonFailure.InvalidArgument("image status: no image given");
    }
    var response = ImageStatusResponse.newBuilder();
    var image = images.find(name);
    image.map(ImageView::item).ifPresent(response::setImage);
    if (request.getVerbose()) {
      image.ifPresent(i -> response.putInfo("info", info(i)));
      progress(name).ifPresent(p -> response.putInfo("pull", p));
    }
    return response.build();
  }

  private static String info(Image image) {
    var info = new LinkedHashMap<String, Object>();
    info.put("chainID", image.chainId().toString());
    info.put("imageSpec", image.config());
    return json(info);
  }

  /** How far a pull of that name is; clients ask again and again while one runs. */
  private Optional<String> progress(String name) {
    for (var each : images.pulls().entrySet()) {
      if (each.getKey().equals(ImageName.parse(name))) {
        var layers = new ArrayList<Map<String, Object>>();
        for (PullProgress.Layer layer : each.getValue().layers()) {
          var fields = new LinkedHashMap<String, Object>();
          fields.put("digest", layer.digest().toString());
          fields.put("phase", layer.state().name().toLowerCase(Locale.ROOT));
          fields.put("done", layer.doneBytes());
          fields.put("total", layer.totalBytes());
          layers.add(fields);
        }
        return Optional.of(json(Map.of("layers", layers)));
      }
    }
    return Optional.empty();
  }

  private static String json(Object value) {
    return new String(OciJson.write(value), StandardCharsets.UTF_8);
  }
}
