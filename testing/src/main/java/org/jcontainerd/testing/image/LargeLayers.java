package org.jcontainerd.testing.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Layers as large images have them: thousands of files, most of them small, some of several
 * megabytes; of the bytes, about half do not compress and the rest compress well. The content
 * follows from the layer's number alone.
 */
final class LargeLayers {
  static final int LAYERS = 8;

  private static final int FILES_PER_LAYER = 760;
  private static final int LARGE_FILES = 9;
  private static final int LARGE_SIZE = 3_760_000;
  private static final int DIRECTORIES = 40;

  private final SplittableRandom random;
  private final int layer;

  LargeLayers(int layer) {
    this.layer = layer;
    this.random = new SplittableRandom(1000L + layer);
  }

  void write(TarBuilder tar) throws IOException {
    var top = String.format(Locale.ROOT, "opt/layer%d/", layer);
    tar.directory("opt/");
    tar.directory(top);
    for (int i = 0; i < DIRECTORIES; i++) {
      tar.directory(directory(top, i));
    }
    for (int i = 0; i < FILES_PER_LAYER; i++) {
      var name = directory(top, i % DIRECTORIES) + "file" + i + (i % 3 == 0 ? ".so" : ".txt");
      int size = i < LARGE_FILES ? LARGE_SIZE : (int) Math.exp(6.9 + random.nextDouble() * 5.25);
      var content = content(size, i % 3 == 0);
      tar.add(TarBuilder.Entry.of('0', name, i % 3 == 0 ? 0755 : 0644), content);
    }
  }

  private static String directory(String top, int i) {
    return top + "lib/dir" + i + "/";
  }

  /** Pieces of random bytes and of text; of binaries more random, of texts less. */
  private byte[] content(int size, boolean binary) {
    var content = new byte[size];
    int at = 0;
    while (at < size) {
      int length = Math.min(size - at, 2048 + random.nextInt(8192));
      if (random.nextInt(100) < (binary ? 61 : 40)) {
        var noise = new byte[length];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, content, at, length);
      } else {
        text(content, at, length);
      }
      at += length;
    }
    return content;
  }

  private static final String[] WORDS =
      ("the container image layer of a file system is read and written by many programs which "
              + "open close map link copy move stat sync hash pull push run stop wait exit ")
          .split(" ");

  private void text(byte[] into, int offset, int length) {
    int at = offset;
    while (at < offset + length) {
      var word =
          (WORDS[random.nextInt(WORDS.length)] + (random.nextInt(12) == 0 ? "\n" : " "))
              .getBytes(StandardCharsets.US_ASCII);
      int n = Math.min(word.length, offset + length - at);
      System.arraycopy(word, 0, into, at, n);
      at += n;
    }
  }
}
