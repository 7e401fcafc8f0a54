package org.jcontainerd.critest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jcontainerd.api.cri.v1.Image;
import org.jcontainerd.api.cri.v1.ImageFsInfoRequest;
import org.jcontainerd.api.cri.v1.ImageSpec;
import org.jcontainerd.api.cri.v1.ImageStatusRequest;
import org.jcontainerd.api.cri.v1.ListImagesRequest;
import org.jcontainerd.api.cri.v1.PullImageRequest;
import org.jcontainerd.api.cri.v1.RemoveImageRequest;
import org.junit.jupiter.api.Test;

/** The image service. */
class ImageTest extends CriSuite {

  private Optional<Image> image(String reference) {
    var answer =
        cri()
            .images()
            .imageStatus(ImageStatusRequest.newBuilder().setImage(spec(reference)).build());
    return answer.hasImage() ? Optional.of(answer.getImage()) : Optional.empty();
  }

  private static ImageSpec spec(String reference) {
    return ImageSpec.newBuilder().setImage(reference).build();
  }

  private void remove(String reference) {
    var _ =
        cri()
            .images()
            .removeImage(RemoveImageRequest.newBuilder().setImage(spec(reference)).build());
  }

  private PullImageRequest pull(String reference) {
    return PullImageRequest.newBuilder().setImage(spec(reference)).build();
  }

  @Test
  void pull_thenStatusByEachName_givesTheSameImage() {
    String reference = runtimes().registry().pause();
    String id = pods().pull(reference);
    Image byTag = image(reference).orElseThrow();
    assertEquals(id, byTag.getId());
    assertEquals(List.of(reference), byTag.getRepoTagsList());
    assertTrue(byTag.getSize() > 0);
    assertEquals(1, byTag.getRepoDigestsCount());
    assertEquals(byTag, image(id).orElseThrow());
    assertEquals(byTag, image(byTag.getRepoDigests(0)).orElseThrow());
    String untagged = reference.substring(0, reference.lastIndexOf(':'));
    assertEquals(byTag, image(untagged).orElseThrow());
    assertTrue(
        cri().images().listImages(ListImagesRequest.getDefaultInstance()).getImagesList().stream()
            .anyMatch(each -> each.getId().equals(id)));
  }

  @Test
  void pull_byDigest_hasTheDigestAndNoTag() {
    String reference = runtimes().registry().variant(1);
    pods().pull(reference);
    String byDigest = image(reference).orElseThrow().getRepoDigests(0);
    remove(reference);
    assertEquals(Optional.empty(), image(reference));
    pods().pull(byDigest);
    Image image = image(byDigest).orElseThrow();
    assertEquals(List.of(), image.getRepoTagsList());
    assertEquals(List.of(byDigest), image.getRepoDigestsList());
    remove(byDigest);
  }

  @Test
  void remove_twiceAndOfUnknown_isFine() {
    String reference = runtimes().registry().variant(2);
    pods().pull(reference);
    remove(reference);
    assertEquals(Optional.empty(), image(reference));
    remove(reference);
    remove("127.0.0.1:1/never/seen:latest");
  }

  @Test
  void status_ofUnknownImage_isEmptyNotAnError() {
    assertEquals(Optional.empty(), image("127.0.0.1:1/never/seen:latest"));
  }

  @Test
  void pull_ofUnknownTag_isRefusedNamingIt() {
    String reference = runtimes().registry().address() + "/test/busybox:no-such-tag";
    var status = refused(() -> cri().images().pullImage(pull(reference)));
    assertNames(status, "no-such-tag");
    if (kind == RuntimeKind.JCONTAINERD) {
      assertEquals(Status.Code.NOT_FOUND, status.getCode());
    }
  }

  @Test
  void pull_fromAnUnreachableRegistry_isRefusedNamingIt() {
    var status = refused(() -> cri().images().pullImage(pull("127.0.0.1:1/some/image:latest")));
    assertNames(status, "127.0.0.1:1");
    if (kind == RuntimeKind.JCONTAINERD) {
      // kubelet goes by the first word, and takes it from the text of UNKNOWN alone
      assertEquals(Status.Code.UNKNOWN, status.getCode());
      String text = String.valueOf(status.getDescription());
      assertTrue(text.startsWith("RegistryUnavailable: "), text);
    }
  }

  @Test
  void pull_ofAnInvalidReference_isRefused() {
    var status = refused(() -> cri().images().pullImage(pull("Not A Reference!")));
    assertFalse(status.isOk());
    if (kind == RuntimeKind.JCONTAINERD) {
      assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
    }
  }

  @Test
  void pull_withADeadlineThatIsOver_isDeadlineExceeded() {
    String reference = runtimes().registry().variant(3);
    var status =
        refused(() ->
            cri().images().withDeadlineAfter(1, TimeUnit.MILLISECONDS).pullImage(pull(reference)));
    assertEquals(Status.Code.DEADLINE_EXCEEDED, status.getCode());
    assertFalse(pods().pull(reference).isEmpty(), "the next try succeeds");
    remove(reference);
  }

  @Test
  void user_ofAnImage_isNumberOrName() {
    String numeric = runtimes().registry().user("1002");
    pods().pull(numeric);
    assertEquals(1002, image(numeric).orElseThrow().getUid().getValue());
    String named = runtimes().registry().user("www-data");
    pods().pull(named);
    assertEquals("www-data", image(named).orElseThrow().getUsername());
    remove(numeric);
    remove(named);
  }

  @Test
  void imageFsInfo_afterAPull_countsBytes() throws Exception {
    await(
        () -> cri().images().imageFsInfo(ImageFsInfoRequest.getDefaultInstance()),
        info ->
            info.getImageFilesystemsCount() > 0
                && info.getImageFilesystems(0).getUsedBytes().getValue() > 0,
        "used bytes");
  }
}
