package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import net.khttpd.http.ActiveExtensions;
import net.khttpd.http.ContentCoding;
import net.khttpd.http.MediaTypes;
import net.khttpd.settings.AnswerSettings;
import net.khttpd.settings.EtagKind;
import net.khttpd.settings.MediaTypeEntry;
import net.khttpd.settings.QueryRule;
import net.khttpd.settings.Settings;

/// The settings as the rules need them: compiled once for each snapshot, immutable, shared.
///
/// @param backend whether there is one to pass on to
/// @param stranger whether these are requests for hosts that nobody has named while others have
///   names: rule *host* objects to all of them
/// @param dynamic strings as bytes; without a backend `..` is not among them, because normalisation
///   decides it
/// @param codings whose variants are looked for, the preferred first
public record Policy(
    boolean backend,
    boolean stranger,
    List<String> hosts,
    boolean passAuthorization,
    QueryRule query,
    byte[][] dynamic,
    ActiveExtensions active,
    byte[][] index,
    int permRequired,
    int permForbid,
    boolean sloppyMime,
    MediaTypes mediaTypes,
    byte[] defaultType,
    EtagKind etag,
    ContentCoding[] codings,
    FieldRules fields,
    Substitutes substitutes) {

  public static Policy of(Settings settings) {
    return of(settings, false);
  }

  /// For requests of hosts that nobody has named while others have names.
  public static Policy ofStrangers(Settings settings) {
    return of(settings, true);
  }

  /// For files that a backend orders: no variants, and no fields but the file's and the backend's.
  public Policy ofOrders() {
    return new Policy(
        backend,
        stranger,
        hosts,
        passAuthorization,
        query,
        dynamic,
        active,
        index,
        permRequired,
        permForbid,
        sloppyMime,
        mediaTypes,
        defaultType,
        etag,
        new ContentCoding[0],
        fields,
        Substitutes.NONE);
  }

  private static Policy of(Settings settings, boolean stranger) {
    boolean backend = settings.hasBackend();
    MediaTypes types =
        new MediaTypes(
            settings.mime().stream()
                .collect(
                    Collectors.toMap(
                        MediaTypeEntry::extension, MediaTypeEntry::mediaType, (_, last) -> last)));
    return new Policy(
        backend,
        stranger,
        settings.hosts().stream().map(h -> h.toLowerCase(Locale.ROOT)).toList(),
        settings.passAuthorization(),
        settings.query(),
        bytes(settings.dynamic().stream().filter(d -> backend || !d.equals("..")).toList()),
        new ActiveExtensions(settings.active()),
        bytes(settings.indexNames().stream().filter(Policy::isName).toList()),
        settings.permRequired(),
        settings.permForbid(),
        settings.sloppyMime(),
        settings.charset().isEmpty() ? types : types.withCharset(settings.charset()),
        settings.defaultType().getBytes(ISO_8859_1),
        settings.answers().etag(),
        codings(settings.answers()),
        FieldRules.of(settings.answers()),
        stranger ? Substitutes.NONE : Substitutes.of(settings));
  }

  private static ContentCoding[] codings(AnswerSettings settings) {
    return settings.precompressed().stream()
        .map(coding -> ContentCoding.valueOf(coding.name()))
        .toArray(ContentCoding[]::new);
  }

  /// No file has a longer name (NAME_MAX).
  private static boolean isName(String text) {
    return text.getBytes(UTF_8).length <= 255;
  }

  private static byte[][] bytes(List<String> texts) {
    return texts.stream().map(t -> t.getBytes(UTF_8)).toArray(byte[][]::new);
  }
}
