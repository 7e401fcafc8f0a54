/** The ttrpc protocol: framing, client and server. */
@org.jspecify.annotations.NullMarked
module org.jcontainerd.ttrpc {
  requires static transitive com.google.errorprone.annotations;
  requires static transitive org.jspecify;
  requires transitive com.google.protobuf;

  exports org.jcontainerd.ttrpc;
}
