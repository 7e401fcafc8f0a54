package org.jcontainerd.testing.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jcontainerd.oci.image.Annotation;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.oci.image.Index;
import org.jcontainerd.oci.json.OciJson;

/** An OCI layout on disk. Immutable. */
public record ImageLayoutReader(Path root) {
  /** The images of the layout by name. */
  public Map<String, Descriptor> images() throws IOException {
    var index = OciJson.read(Files.readAllBytes(root.resolve("index.json")), Index.class);
    var images = new LinkedHashMap<String, Descriptor>();
    for (var descriptor : index.manifests()) {
      var name = descriptor.annotations().get(Annotation.REF_NAME);
      if (name != null) {
        images.put(name, descriptor);
      }
    }
    return images;
  }

  /** The file of a blob. */
  public Path blob(Digest digest) {
    return root.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
  }

  public byte[] read(Digest digest) throws IOException {
    return Files.readAllBytes(blob(digest));
  }
}
