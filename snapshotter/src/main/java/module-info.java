/** Snapshotters, and the applying and computing of image layers. */
@org.jspecify.annotations.NullMarked
module org.jcontainerd.snapshotter {
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;
  requires transitive org.jcontainerd.linux;
  requires transitive org.jcontainerd.oci;
  requires com.github.luben.zstd_jni;

  exports org.jcontainerd.snapshotter;
  exports org.jcontainerd.snapshotter.layer;
  exports org.jcontainerd.snapshotter.nativefs;
  exports org.jcontainerd.snapshotter.overlayfs;
}
