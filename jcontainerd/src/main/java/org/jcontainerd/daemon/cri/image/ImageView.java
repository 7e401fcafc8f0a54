package org.jcontainerd.daemon.cri.image;

import java.util.regex.Pattern;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.Int64Value;
import org.jcontainerd.daemon.image.Image;

/** Images as CRI shows them. */
final class ImageView {
  private static final Pattern UID = Pattern.compile("[0-9]{1,10}");

  private ImageView() {}

  static org.jcontainerd.api.cri.v1.Image item(Image image) {
    var item =
        org.jcontainerd.api.cri.v1.Image.newBuilder()
            .setId(image.id().toString())
            .addAllRepoTags(image.repoTags())
            .addAllRepoDigests(image.repoDigests())
            .setSize(image.sizeBytes())
            .setSpec(ImageSpec.newBuilder().setImage(image.id().toString()))
            .setPinned(image.pinned());
    String user = image.config().execution().user();
    int colon = user.indexOf(':');
    user = colon < 0 ? user : user.substring(0, colon);
    if (UID.matcher(user).matches()) { // kubelet checks runAsNonRoot by either
      item.setUid(Int64Value.newBuilder().setValue(Long.parseLong(user)));
    } else if (!user.isEmpty()) {
      item.setUsername(user);
    } else {
      item.setUid(Int64Value.getDefaultInstance());
    }
    return item.build();
  }
}
