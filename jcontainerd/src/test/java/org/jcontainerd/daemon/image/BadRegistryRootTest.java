package org.jcontainerd.daemon.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.jcontainerd.daemon.registry.RegistryAuth;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.oci.image.Descriptor;
import org.jcontainerd.oci.image.Digest;
import org.jcontainerd.oci.image.ImageConfig;
import org.jcontainerd.oci.image.Manifest;
import org.jcontainerd.oci.image.MediaType;
import org.jcontainerd.oci.json.OciJson;
import org.jcontainerd.testing.image.TarBuilder;
import org.jcontainerd.testing.registry.FaultyRegistry;
import org.jcontainerd.testing.registry.FaultyRegistry.Answer;
import org.jcontainerd.testing.registry.FaultyRegistry.End;
import org.jcontainerd.testing.registry.FaultyRegistry.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from a registry that misbehaves. After every failure no snapshot and no image is left. */
@Tag("root")
class BadRegistryRootTest {
  private ImageWorld world;
  private byte[] layer = {};
  private byte[] config = {};
  private byte[] manifest = {};

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    world = new ImageWorld(directory, Duration.ofSeconds(1));
    var tar =
        TarBuilder.build(b -> {
          var noise = new byte[300_000];
          new java.util.SplittableRandom(1).nextBytes(noise);
          b.add(TarBuilder.Entry.of('0', "noise", 0644), noise);
        });
    layer = gzip(tar);
    describe(MediaType.OCI_LAYER_GZIP, Digest.of(tar));
  }

  private static byte[] gzip(byte[] content) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private void describe(String layerType, Digest diffId) {
    config =
        OciJson.write(
            new ImageConfig(
                "",
                "",
                "",
                "",
                "linux",
                "",
                List.of(),
                Optional.empty(),
                new ImageConfig.RootFs("layers", List.of(diffId)),
                List.of()));
    manifest =
        OciJson.write(
            Manifest.of(
                Descriptor.of(MediaType.OCI_CONFIG, config),
                List.of(Descriptor.of(layerType, layer))));
  }

  @AfterEach
  void close() throws Exception {
    PullImageRootTest.awaitNothingLeft(world);
    assertEquals(List.of(), world.images.list());
    world.close();
  }

  /** Answers as a registry should. */
  private Answer well(Request request) {
    var path = request.path();
    if (path.contains("/manifests/")) {
      return Answer.of(200, Map.of("Content-Type", MediaType.OCI_MANIFEST), manifest);
    }
    var blob = path.endsWith(Digest.of(layer).hex()) ? layer : config;
    int start = request.rangeStart();
    return start == 0
        ? Answer.of(200, Map.of(), blob)
        : Answer.of(206, Map.of(), Arrays.copyOfRange(blob, start, blob.length))
            .header(
                "Content-Range", "bytes " + start + "-" + (blob.length - 1) + "/" + blob.length);
  }

  private boolean isLayer(Request request) {
    return request.path().endsWith(Digest.of(layer).hex());
  }

  private Image pull(FaultyRegistry registry) throws ImageFailure, InterruptedException {
    return world.pull(registry.address() + "/app:v1");
  }

  private <T extends ImageFailure> T fails(Class<T> type, FaultyRegistry.Script script)
      throws IOException {
    try (var registry = FaultyRegistry.start(script)) {
      var failure = assertThrows(ImageFailure.class, () -> pull(registry));
      assertInstanceOf(type, failure, () -> "" + failure);
      assertTrue(
          // behind the word that kubelet looks for, where there is one
          failure.getMessage().contains("pull image '" + registry.address() + "/app:v1': "),
          failure.getMessage());
      return type.cast(failure);
    }
  }

  private static void says(Exception failure, String text) {
    assertTrue(String.valueOf(failure.getMessage()).contains(text), failure.getMessage());
  }

  private void succeeds(FaultyRegistry.Script script) throws Exception {
    try (var registry = FaultyRegistry.start(script)) {
      world.images.remove(pull(registry).id().toString());
    }
  }

  @Test
  void pull_connectionBreaksInTheMiddle_resumesWhereItBroke() throws Exception {
    for (var end :
        List.of(
            new End.CutAfter(100_000), new End.ResetAfter(100_000), new End.HangAfter(100_000))) {
      var asked = new AtomicInteger();
      succeeds(request ->
          isLayer(request) && asked.getAndIncrement() == 0
              ? well(request).ending(end)
              : well(request));
      assertEquals(2, asked.get(), end.toString());
    }
  }

  @Test
  void pull_connectionBreaksOften_goesOnWhileThereIsProgress() throws Exception {
    succeeds(request ->
        isLayer(request) ? well(request).ending(new End.CutAfter(20_000)) : well(request));
  }

  @Test
  void pull_serverWithoutRanges_readsAgainFromTheStart() throws Exception {
    var asked = new AtomicInteger();
    succeeds(request -> {
      if (!isLayer(request)) {
        return well(request);
      }
      var whole = Answer.of(200, Map.of(), layer);
      return asked.getAndIncrement() == 0 ? whole.ending(new End.CutAfter(50_000)) : whole;
    });
  }

  @Test
  void pull_connectionAlwaysBreaksAtOnce_isUnavailable() throws Exception {
    var failure =
        fails(
            ImageFailure.Unavailable.class,
            request ->
                isLayer(request) ? well(request).ending(new End.CutAfter(0)) : well(request));
    says(failure, "RegistryUnavailable");
    says(failure, "attempts without progress");
  }

  @Test
  void pull_layerWithOtherContent_isADigestMismatchAndNothingIsKept() throws Exception {
    var other = layer.clone();
    other[other.length / 2] ^= 1;
    var failure =
        fails(
            ImageFailure.DigestMismatch.class,
            request -> isLayer(request) ? Answer.of(200, Map.of(), other) : well(request));
    says(failure, Digest.of(layer).toString());
    says(failure, Digest.of(other).toString());
    assertEquals(Optional.empty(), world.content.size(Digest.of(layer)));
    succeeds(this::well);
  }

  @Test
  void pull_layerThatUnpacksToOtherContent_isADigestMismatch() throws Exception {
    describe(MediaType.OCI_LAYER_GZIP, Digest.of("other".getBytes(UTF_8)));
    says(fails(ImageFailure.DigestMismatch.class, this::well), "unpacks to");
  }

  @Test
  void pull_layerThatIsNoTar_isCorrupt() throws Exception {
    layer = gzip("no tar at all ".repeat(100).getBytes(UTF_8));
    describe(MediaType.OCI_LAYER_GZIP, Digest.of(layer));
    says(fails(ImageFailure.CorruptImage.class, this::well), "tar: header");
  }

  @Test
  void pull_layerThatLeadsOutside_isCorrupt() throws Exception {
    layer = gzip(TarBuilder.build(tar -> tar.file("../outside", "x")));
    describe(MediaType.OCI_LAYER_GZIP, Digest.of(layer));
    says(fails(ImageFailure.CorruptImage.class, this::well), "'../outside'");
  }

  @Test
  void pull_statuses_areTheFailuresThatCallersActOn() throws Exception {
    var error = "{\"errors\":[{\"code\":\"SOME_CODE\",\"message\":\"because\"}]}".getBytes(UTF_8);
    says(
        fails(ImageFailure.NotFound.class, _ -> Answer.of(404, Map.of(), error)),
        "status 404, SOME_CODE: because");
    says(fails(ImageFailure.Unauthorized.class, _ -> Answer.of(401)), "status 401");
    says(fails(ImageFailure.Unauthorized.class, _ -> Answer.of(403)), "status 403");
    var unavailable =
        fails(
            ImageFailure.Unavailable.class, _ -> Answer.of(500, Map.of("Retry-After", "0"), error));
    says(unavailable, "RegistryUnavailable");
    says(unavailable, "status 500");
  }

  @Test
  void pull_busyServer_isAskedAgain() throws Exception {
    var asked = new AtomicInteger();
    succeeds(request ->
        asked.getAndIncrement() % 3 == 0
            ? Answer.of(429).header("Retry-After", "0")
            : well(request));
  }

  @Test
  void pull_nobodyListens_isUnavailable() throws Exception {
    String address;
    try (var registry = FaultyRegistry.start(this::well)) {
      address = registry.address();
    }
    var failure =
        assertThrows(ImageFailure.Unavailable.class, () -> world.pull(address + "/app:v1"));
    says(failure, "'http://" + address + "': ");
  }

  @Test
  void pull_manifestWithAnotherDigest_isRefused() throws Exception {
    try (var registry = FaultyRegistry.start(this::well)) {
      var name = registry.address() + "/app@sha256:" + "0".repeat(64);
      var failure = assertThrows(ImageFailure.CorruptImage.class, () -> world.pull(name));
      says(failure, Digest.of(manifest).toString());
    }
  }

  @Test
  void pull_ambiguousDocuments_areRefused() throws Exception {
    var text = new String(manifest, UTF_8);
    manifest = text.replaceFirst("\\{", "{\"manifests\":[],").getBytes(UTF_8);
    says(
        fails(ImageFailure.CorruptImage.class, this::well), "fields of an index and of a manifest");
    manifest = text.replace(MediaType.OCI_MANIFEST, MediaType.DOCKER_MANIFEST).getBytes(UTF_8);
    says(fails(ImageFailure.CorruptImage.class, this::well), "says that it is");
  }

  @Test
  void pull_schema1_saysThatItIsNotSupported() throws Exception {
    manifest = "{\"schemaVersion\":1,\"name\":\"app\",\"fsLayers\":[]}".getBytes(UTF_8);
    says(fails(ImageFailure.Unsupported.class, this::well), "schema 1");
  }

  @Test
  void pull_artifactOrOtherPlatform_isUnsupported() throws Exception {
    var text = new String(manifest, UTF_8);
    manifest = text.replace(MediaType.OCI_CONFIG, "application/vnd.other+json").getBytes(UTF_8);
    says(fails(ImageFailure.Unsupported.class, this::well), "artifact of type");
    manifest =
        OciJson.write(
            org.jcontainerd.oci.image.Index.of(
                List.of(
                    Descriptor.of(MediaType.OCI_MANIFEST, text.getBytes(UTF_8))
                        .withPlatform(
                            org.jcontainerd.oci.image.Platform.of("windows", "amd64", "")))));
    says(
        fails(
            ImageFailure.Unsupported.class,
            _ -> Answer.of(200, Map.of("Content-Type", MediaType.OCI_INDEX), manifest)),
        "windows/amd64");
  }

  @Test
  void pull_hugeManifest_isRefused() throws Exception {
    manifest = new byte[(4 << 20) + 1];
    says(fails(ImageFailure.CorruptImage.class, this::well), "more than 4194304 bytes");
  }

  @Test
  void pull_redirectToAnotherHost_getsNoCredentials() throws Exception {
    try (var other = FaultyRegistry.start(this::well);
        var registry =
            FaultyRegistry.start(request -> {
              if (request.header("Authorization").isEmpty()) {
                return Answer.of(401).header("WWW-Authenticate", "Basic realm=\"r\"");
              }
              return isLayer(request)
                  ? Answer.of(307)
                      .header("Location", "http://" + other.address() + request.target())
                  : well(request);
            })) {
      var auth = Optional.<RegistryAuth>of(new RegistryAuth.Password("user", "secret"));
      var image =
          world.images.pull(
              ImageName.parse(registry.address() + "/app:v1"), auth, new PullProgress());
      world.images.remove(image.id().toString());
      assertEquals(1, other.requests().size());
      assertEquals("", other.requests().getFirst().header("Authorization"));
    }
  }

  @Test
  void pull_bearerChallenge_asksTheTokenServiceWithTheScope() throws Exception {
    try (var tokens =
            FaultyRegistry.start(request ->
                Answer.of(
                    request.header("Authorization").equals("Basic dXNlcjpzZWNyZXQ=") ? 200 : 401,
                    Map.of(),
                    "{\"token\":\"t1\"}".getBytes(UTF_8)));
        var registry =
            FaultyRegistry.start(request ->
                request.header("Authorization").equals("Bearer t1")
                    ? well(request)
                    : Answer.of(401)
                        .header(
                            "WWW-Authenticate",
                            "Bearer realm=\"http://"
                                + tokens.address()
                                + "/token\",service=\"reg\",scope=\"repository:app:pull\""))) {
      var name = ImageName.parse(registry.address() + "/app:v1");
      assertThrows(
          ImageFailure.Unauthorized.class,
          () -> world.images.pull(name, Optional.empty(), new PullProgress()));
      var auth = Optional.<RegistryAuth>of(new RegistryAuth.Password("user", "secret"));
      world.images.remove(world.images.pull(name, auth, new PullProgress()).id().toString());
      assertEquals(
          "/token?service=reg&scope=repository%3Aapp%3Apull", tokens.requests().getLast().target());
      assertEquals(2, tokens.requests().size());
    }
  }

  @Test
  void pull_mirrorThatFails_goesOnToTheRegistryAndBothAreNamed() throws Exception {
    try (var mirror = FaultyRegistry.start(_ -> Answer.of(404));
        var registry = FaultyRegistry.start(this::well)) {
      var hosts = world.hostsFile(registry.address());
      world.write(
          hosts,
          """
          server = "http://%s"
          [host."http://%s"]
            capabilities = ["pull", "resolve"]
          """
              .formatted(registry.address(), mirror.address()));
      world.images.remove(pull(registry).id().toString());
      assertTrue(
          mirror.requests().getFirst().target().endsWith("?ns=" + registry.address()),
          mirror.requests()::toString);
      world.write(
          hosts,
          "server = \"http://%s\"%n[host.\"http://%s\"]%n"
              .formatted(mirror.address(), mirror.address()));
      var failure = assertThrows(ImageFailure.NotFound.class, () -> pull(registry));
      says(failure, "'http://" + mirror.address() + "': status 404; 'http://");
      world.write(hosts, "sever = \"typo\"");
      says(assertThrows(ImageFailure.Storage.class, () -> pull(registry)), "unknown key 'sever'");
    }
  }

  @Test
  void pull_interruptedInTheMiddle_leavesAtOnceAndCleansUp() throws Exception {
    try (var registry =
        FaultyRegistry.start(request ->
            isLayer(request) ? well(request).ending(new End.HangAfter(1000)) : well(request))) {
      var result = new java.util.concurrent.CompletableFuture<Throwable>();
      var caller =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  boolean _ = result.complete(new AssertionError("" + pull(registry)));
                } catch (ImageFailure | InterruptedException e) {
                  boolean _ = result.complete(e);
                }
              });
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (registry.requests().stream().noneMatch(this::isLayer)) {
        assertTrue(System.nanoTime() < deadline);
        Thread.onSpinWait();
      }
      long start = System.nanoTime();
      caller.interrupt();
      assertEquals(InterruptedException.class, result.get().getClass());
      assertTrue(System.nanoTime() - start < 500_000_000L);
    }
  }
}
