/** The ttrpc protocol: framing, client and server. */
@org.jspecify.annotations.NullMarked
module org.jcontainerd.ttrpc {
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;
  requires com.google.protobuf;
}
