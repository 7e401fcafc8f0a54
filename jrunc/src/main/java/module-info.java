/** The OCI runtime: a library, and a command line as runc's. */
@org.jspecify.annotations.NullMarked
module org.jcontainerd.jrunc {
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;
  requires org.jcontainerd.linux;
  requires org.jcontainerd.oci;
}
