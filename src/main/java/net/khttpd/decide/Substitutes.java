package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import net.khttpd.http.Status;
import net.khttpd.settings.ErrorPage;
import net.khttpd.settings.Settings;
import org.jspecify.annotations.Nullable;

/// What is answered where there is no file to serve: the listing of a directory, another file, a
/// page of the operator's with an error. Immutable.
///
/// @param listing whether a directory without an index is listed
/// @param tried paths looked up where there is no such file, in order
/// @param pages path of the body of each error, by the ordinal of its status; null: our own words
@SuppressWarnings("ArrayRecordComponent") // never written to, and never compared as a record
record Substitutes(boolean listing, byte[][] tried, byte @Nullable [] @Nullable [] pages) {
  static final Substitutes NONE = new Substitutes(false, new byte[0][], null);

  static Substitutes of(Settings settings) {
    return new Substitutes(
        settings.autoIndex(), bytes(settings.tryPaths()), pages(settings.errorPages()));
  }

  byte @Nullable [] page(Status status) {
    byte[] @Nullable [] all = pages;
    return all == null ? null : all[status.ordinal()];
  }

  private static byte @Nullable [] @Nullable [] pages(List<ErrorPage> entries) {
    if (entries.isEmpty()) {
      return null;
    }
    byte[] @Nullable [] pages = new byte[Status.values().length][];
    for (ErrorPage entry : entries) {
      for (Status status : Status.values()) {
        if (status.code() == entry.status()) {
          pages[status.ordinal()] = entry.path().getBytes(UTF_8);
        }
      }
    }
    return pages;
  }

  private static byte[][] bytes(List<String> texts) {
    return texts.stream().map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
  }
}
