/** CNI plugins: one program, many names. */
@org.jspecify.annotations.NullMarked
module org.jcontainerd.cni {
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;
  requires transitive org.jcontainerd.linux;
  requires transitive org.jcontainerd.oci;

  exports org.jcontainerd.cni;
}
