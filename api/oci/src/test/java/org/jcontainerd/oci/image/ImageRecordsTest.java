package org.jcontainerd.oci.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.jcontainerd.oci.json.JsonException;
import org.jcontainerd.oci.json.OciJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageRecordsTest {
  private static final String EMPTY =
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @Test
  void digest_ofNothing_isTheKnownValue() {
    assertEquals(EMPTY, Digest.of(new byte[0]).toString());
    assertEquals(Digest.parse(EMPTY), Digest.parse(EMPTY).finish(Digest.parse(EMPTY).hasher()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256",
        "sha256:",
        "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        EMPTY + "0",
        EMPTY + "\n",
        "sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha256:../../../../../../../../../../../../../../../../../../../../../../x",
      })
  void digest_outsideTheGrammar_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Digest.parse(text));
  }

  @Test
  void manifest_ofDocker_isRead() throws JsonException {
    var json =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",
         "config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":3,
                   "digest":"%s"},
         "layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":7,
                    "digest":"%s","unknown":[1]}]}
        """
            .formatted(EMPTY, EMPTY);
    var manifest = OciJson.read(json.getBytes(UTF_8), Manifest.class);
    assertEquals(3, manifest.config().size());
    assertEquals(
        List.of(Descriptor.of(MediaType.DOCKER_LAYER_GZIP, Digest.parse(EMPTY), 7)),
        manifest.layers());
  }

  @Test
  void manifest_written_readsBack() throws JsonException {
    var config = Descriptor.of(MediaType.OCI_CONFIG, "{}".getBytes(UTF_8));
    var manifest = Manifest.of(config, List.of(Descriptor.of(MediaType.OCI_LAYER, new byte[9])));
    assertEquals(manifest, OciJson.read(OciJson.write(manifest), Manifest.class));
  }

  @Test
  void descriptor_negativeSize_isRefused() {
    var json = "{\"mediaType\":\"a\",\"digest\":\"%s\",\"size\":-1}".formatted(EMPTY);
    assertThrows(JsonException.class, () -> OciJson.read(json.getBytes(UTF_8), Descriptor.class));
  }

  @Test
  void config_ofAnImage_isRead() throws JsonException {
    var json =
        """
        {"created":"2026-01-01T00:00:00Z","architecture":"arm64","variant":"v8","os":"linux",
         "os.features":["x"],
         "config":{"User":"1000:5","Env":["A=b"],"Cmd":["sh"],"Entrypoint":null,
                   "ExposedPorts":{"80/tcp":{}},"Labels":{"k":"v"},"StopSignal":"SIGQUIT",
                   "Healthcheck":{"Test":["NONE"]}},
         "rootfs":{"type":"layers","diff_ids":["%s"]},
         "history":[{"created_by":"test","empty_layer":true}]}
        """
            .formatted(EMPTY);
    var config = OciJson.read(json.getBytes(UTF_8), ImageConfig.class);
    assertEquals("linux/arm64/v8", config.platform().toString());
    assertEquals("1000:5", config.execution().user());
    assertEquals(List.of(), config.execution().entrypoint());
    assertEquals(List.of(Digest.parse(EMPTY)), config.rootfs().diffIds());
    assertEquals("SIGQUIT", config.execution().stopSignal());
    assertEquals(true, config.history().getFirst().emptyLayer());
  }

  /** Values from config.md, "Layer ChainID": the digest of "parent child". */
  @Test
  void chain_ofThreeLayers_foldsFromTheLowest() {
    var a = Digest.of("a".getBytes(UTF_8));
    var b = Digest.of("b".getBytes(UTF_8));
    var c = Digest.of("c".getBytes(UTF_8));
    var ab = Digest.of((a + " " + b).getBytes(UTF_8));
    var abc = Digest.of((ab + " " + c).getBytes(UTF_8));
    assertEquals(
        List.of(new ChainId(a), new ChainId(ab), new ChainId(abc)),
        ChainId.chain(List.of(a, b, c)));
    assertEquals(new ChainId(a), ChainId.of(Optional.empty(), a));
  }
}
