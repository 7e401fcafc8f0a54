package org.jcontainerd.oci.image;

/** The file {@code oci-layout} of an OCI layout on disk (image-layout.md). */
public record ImageLayout(String imageLayoutVersion) {
  /** The only version there is. */
  public static final ImageLayout V1 = new ImageLayout("1.0.0");
}
