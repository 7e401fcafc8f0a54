package org.jcontainerd.daemon.cri.service;

import io.grpc.ServerServiceDefinition;
import java.time.Clock;
import org.jcontainerd.api.cri.v1.ImageServiceGrpc;
import org.jcontainerd.daemon.cri.RpcTable;
import org.jcontainerd.daemon.cri.image.ImageFsInfoRpc;
import org.jcontainerd.daemon.cri.image.ImageStatusRpc;
import org.jcontainerd.daemon.cri.image.ListImagesRpc;
import org.jcontainerd.daemon.cri.image.PullImageRpc;
import org.jcontainerd.daemon.cri.image.RemoveImageRpc;
import org.jcontainerd.daemon.cri.image.StreamImagesRpc;
import org.jcontainerd.daemon.image.Images;

/** The calls of {@code runtime.v1.ImageService}, all of them. */
public record ImageService(Images images, Clock clock) {
  public ServerServiceDefinition bind() {
    return new RpcTable(ImageServiceGrpc.getServiceDescriptor())
        .unary(ImageServiceGrpc.getListImagesMethod(), new ListImagesRpc(images)).stream(
                ImageServiceGrpc.getStreamImagesMethod(), new StreamImagesRpc(images))
            .unary(ImageServiceGrpc.getImageStatusMethod(), new ImageStatusRpc(images))
            .unary(ImageServiceGrpc.getPullImageMethod(), new PullImageRpc(images))
            .unary(ImageServiceGrpc.getRemoveImageMethod(), new RemoveImageRpc(images))
            .unary(ImageServiceGrpc.getImageFsInfoMethod(), new ImageFsInfoRpc(images, clock))
            .build();
  }
}
