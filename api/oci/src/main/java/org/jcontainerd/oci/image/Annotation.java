package org.jcontainerd.oci.image;

/** Keys of annotations that this project reads or writes (annotations.md). */
public final class Annotation {
  /** Name of an entry in {@code index.json} of a layout: a tag or a whole reference. */
  public static final String REF_NAME = "org.opencontainers.image.ref.name";

  private Annotation() {}
}
