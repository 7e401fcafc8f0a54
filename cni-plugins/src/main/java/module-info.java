/** CNI plugins: one program, many names. */
@org.jspecify.annotations.NullMarked
module org.jcontainerd.cni {
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;
  requires org.jcontainerd.linux;
  requires org.jcontainerd.oci;
}
