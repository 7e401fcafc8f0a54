/** Records and JSON of the OCI runtime, image and distribution specifications and of CNI. */
@org.jspecify.annotations.NullMarked
module org.jcontainerd.oci {
  requires static transitive com.google.errorprone.annotations;
  requires static org.jspecify;
  requires com.google.gson;

  exports org.jcontainerd.oci.cni;
  exports org.jcontainerd.oci.distribution;
  exports org.jcontainerd.oci.image;
  exports org.jcontainerd.oci.json;
  exports org.jcontainerd.oci.runtime;
}
