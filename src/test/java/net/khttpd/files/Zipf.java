package net.khttpd.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/// Files of which the n-th is asked for 1/n as often as the first, as on the Web.
final class Zipf {
  private static final int IN_A_DIRECTORY = 1000;

  private final double[] upTo;

  Zipf(int files) {
    upTo = new double[files];
    double sum = 0;
    for (int i = 0; i < files; i++) {
      sum += 1.0 / (i + 1);
      upTo[i] = sum;
    }
  }

  void layOut(Path root) throws IOException {
    for (int i = 0; i < upTo.length; i++) {
      if (i % IN_A_DIRECTORY == 0) {
        Files.createDirectory(root.resolve("d" + i / IN_A_DIRECTORY));
      }
      Files.writeString(root.resolve(path(i).substring(1)), "x");
    }
  }

  String path(Random random) {
    int found = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
    return path(found < 0 ? -found - 1 : found);
  }

  /// The part of all requests that asks for one of the first `files`: no cache of so many entries
  /// can hit more often.
  double shareOfFirst(int files) {
    return upTo[files - 1] / upTo[upTo.length - 1];
  }

  private static String path(int file) {
    return "/d" + file / IN_A_DIRECTORY + "/f" + file;
  }
}
