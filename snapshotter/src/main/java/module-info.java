/** Snapshotters, and the applying and computing of image layers. */
@org.jspecify.annotations.NullMarked
module org.jcontainerd.snapshotter {
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;
  requires org.jcontainerd.linux;
  requires org.jcontainerd.oci;
  requires org.apache.commons.compress;
  requires com.github.luben.zstd_jni;

  exports org.jcontainerd.snapshotter;
}
