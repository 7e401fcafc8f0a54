/** The OCI runtime: a library, and a command line as runc's. */
@org.jspecify.annotations.NullMarked
module org.jcontainerd.jrunc {
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;
  requires transitive org.jcontainerd.linux;
  requires org.jcontainerd.oci;

  exports org.jcontainerd.jrunc.keeper;
  exports org.jcontainerd.jrunc.launch;
  exports org.jcontainerd.jrunc.plan;
}
