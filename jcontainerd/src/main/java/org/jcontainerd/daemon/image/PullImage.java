package org.jcontainerd.daemon.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jcontainerd.daemon.content.ContentFailure;
import org.jcontainerd.daemon.image.Flights.Ticket;
import org.jcontainerd.daemon.image.ResolvedImage.LayerPlan;
import org.jcontainerd.daemon.registry.RegistryAuth;
import org.jcontainerd.daemon.registry.RegistryClient;
import org.jcontainerd.daemon.registry.RegistrySession;
import org.jcontainerd.oci.distribution.ImageName;
import org.jcontainerd.oci.image.ChainId;
import org.jcontainerd.snapshotter.SnapshotFailure;
import org.jcontainerd.snapshotter.SnapshotKey;
import org.jcontainerd.snapshotter.SnapshotKind;

/**
 * Pulls one image: resolve, lease, layers, documents, record. One use each; runs on the thread of
 * its flight.
 */
final class PullImage {
  private final Shared shared;
  private final ImageName name;
  private final Optional<RegistryAuth> auth;
  private final PullProgress progress;

  /**
   * What all pulls share.
   *
   * @param layers layers that are being unpacked, by the stack that they top
   */
  record Shared(
      RegistryClient registry,
      PlatformMatch platform,
      LayerPull.Parts parts,
      Flights<ChainId, ChainId> layers,
      ImageRecords records,
      Leases leases) {}

  PullImage(Shared shared, ImageName name, Optional<RegistryAuth> auth, PullProgress progress) {
    this.shared = shared;
    this.name = name;
    this.auth = auth;
    this.progress = progress;
  }

  Image run() throws ImageFailure, InterruptedException {
    var session = open();
    var image = new ResolveImage(session, shared.platform(), name).run();
    progress.expect(image.layers().stream().map(LayerPlan::blob).toList());
    try (var _ = shared.leases().take(needs(image))) {
      layers(session, image);
      documents(image);
      return shared.records().save(name, image, false);
    }
  }

  private RegistrySession open() throws ImageFailure {
    try {
      return shared.registry().open(name, auth);
    } catch (IOException e) {
      throw new ImageFailure.Storage("pull", name.toString(), e);
    }
  }

  private static List<?> needs(ResolvedImage image) {
    var needs = new ArrayList<Object>(image.documents().keySet());
    needs.add(image.manifest().config().digest());
    for (var layer : image.layers()) {
      needs.add(layer.blob().digest());
      needs.add(layer.chainId());
    }
    return needs;
  }

  /** Starts every layer that is not here, and waits for all, the lowest first. */
  private void layers(RegistrySession session, ResolvedImage image)
      throws ImageFailure, InterruptedException {
    var tickets = new ArrayList<Ticket<ChainId>>();
    try {
      Optional<Ticket<ChainId>> below = Optional.empty();
      Optional<ChainId> belowId = Optional.empty();
      for (var layer : image.layers()) {
        var counter = progress.layer(layer.blob().digest());
        if (isHere(layer)) {
          counter.is(PullProgress.State.EXISTS);
          below = Optional.empty();
        } else {
          var pull = new LayerPull(shared.parts(), session, name, layer, counter);
          var wait = below(below, belowId);
          var ticket = shared.layers().join(layer.chainId(), () -> pull.run(wait));
          tickets.add(ticket);
          below = Optional.of(ticket);
        }
        belowId = Optional.of(layer.chainId());
      }
      for (var ticket : tickets) {
        ChainId _ = await(ticket);
      }
    } finally {
      tickets.forEach(Ticket::close);
    }
  }

  private LayerPull.Below below(Optional<Ticket<ChainId>> ticket, Optional<ChainId> committed) {
    return () -> ticket.isPresent() ? Optional.of(await(ticket.get())) : committed;
  }

  private boolean isHere(LayerPlan layer) throws ImageFailure {
    try {
      var key = new SnapshotKey(layer.chainId().toString());
      return shared.parts().snapshotter().stat(key).kind() == SnapshotKind.COMMITTED;
    } catch (SnapshotFailure.NotFound e) {
      return false;
    } catch (SnapshotFailure e) {
      throw PullFailures.of(name, e);
    }
  }

  private ChainId await(Ticket<ChainId> ticket) throws ImageFailure, InterruptedException {
    try {
      return ticket.await();
    } catch (ExecutionException e) {
      throw rethrow(e, name);
    }
  }

  /** The failure that the work of a flight ended with, as one of this caller. */
  static ImageFailure rethrow(ExecutionException e, ImageName name) throws InterruptedException {
    return switch (e.getCause()) {
      case ImageFailure failure -> failure;
      case InterruptedException interrupted -> {
        var again = new InterruptedException(interrupted.getMessage());
        again.addSuppressed(interrupted);
        throw again;
      }
      case RuntimeException unexpected -> throw unexpected;
      case Error error -> throw error;
      case Exception other -> new ImageFailure.Storage("pull", name.toString(), other);
      case null, default -> throw new IllegalStateException(e);
    };
  }

  /** Keeps what describes the image, so that the store is a layout that others can read. */
  private void documents(ResolvedImage image) throws ImageFailure {
    var content = shared.parts().content();
    try {
      for (var document : image.documents().entrySet()) {
        content.write(document.getKey(), document.getValue());
      }
      content.write(image.manifest().config().digest(), image.configBytes());
    } catch (IOException e) {
      throw PullFailures.disk(name, e);
    } catch (ContentFailure e) {
      throw PullFailures.of(name, e);
    }
  }
}
