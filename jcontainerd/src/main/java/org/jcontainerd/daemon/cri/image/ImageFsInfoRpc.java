package org.jcontainerd.daemon.cri.image;

import java.time.Clock;
import org.jcontainerd.api.cri.v1.FilesystemIdentifier;
import org.jcontainerd.api.cri.v1.FilesystemUsage;
import org.jcontainerd.api.cri.v1.ImageFsInfoRequest;
import org.jcontainerd.api.cri.v1.ImageFsInfoResponse;
import org.jcontainerd.api.cri.v1.UInt64Value;
import org.jcontainerd.daemon.cri.Rpc;
import org.jcontainerd.daemon.cri.Times;
import org.jcontainerd.daemon.image.FsUsage;
import org.jcontainerd.daemon.image.ImageFailure;
import org.jcontainerd.daemon.image.Images;

/** Space of images and of what containers wrote; kubelet's eviction reads it. */
public record ImageFsInfoRpc(Images images, Clock clock)
    implements Rpc<ImageFsInfoRequest, ImageFsInfoResponse> {
  @Override
  public ImageFsInfoResponse call(ImageFsInfoRequest request) throws ImageFailure {
    FsUsage usage = images.fsUsage();
    return ImageFsInfoResponse.newBuilder()
        .addImageFilesystems(filesystem(usage.images()))
        .addContainerFilesystems(filesystem(usage.containers()))
        .build();
  }

  private FilesystemUsage filesystem(FsUsage.Filesystem filesystem) {
    return FilesystemUsage.newBuilder()
        .setTimestamp(Times.unixNanos(clock.instant()))
        .setFsId(FilesystemIdentifier.newBuilder().setMountpoint(filesystem.directory().toString()))
        .setUsedBytes(UInt64Value.newBuilder().setValue(filesystem.usage().bytes()))
        .setInodesUsed(UInt64Value.newBuilder().setValue(filesystem.usage().inodes()))
        .build();
  }
}
