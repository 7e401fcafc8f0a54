/** The OCI runtime: a library, and a command line as runc's. */
@org.jspecify.annotations.NullMarked
module org.jcontainerd.jrunc {
  requires static transitive com.google.errorprone.annotations;
  requires static transitive org.jspecify;
  requires transitive org.jcontainerd.linux;
  requires transitive org.jcontainerd.oci;
  requires com.google.protobuf; // criu's protocol
  requires static org.freedesktop.dbus; // the systemd driver's, loaded when it is asked for
  requires jdk.unsupported; // sun.misc.Signal: the only way to hear of WINCH and TERM

  exports org.jcontainerd.jrunc;
  exports org.jcontainerd.jrunc.keeper;
  exports org.jcontainerd.jrunc.launch;
  exports org.jcontainerd.jrunc.plan;

  // The mapping reads records of these by reflection.
  opens org.jcontainerd.jrunc.command to
      org.jcontainerd.oci;
  opens org.jcontainerd.jrunc.operation to
      org.jcontainerd.oci;
  opens org.jcontainerd.jrunc.state to
      org.jcontainerd.oci;
  // D-Bus structs and signals.
  opens org.jcontainerd.jrunc.systemd to
      org.freedesktop.dbus;
}
