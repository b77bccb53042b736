package net.khttpd.settings;

import static net.khttpd.settings.Setting.atOnce;

import java.util.List;

/// Declarations: what is static, and how it is decided.
final class StaticSettings {
  /// The entry of `index` that stands for index.html, but only without a backend.
  static final String AUTO_INDEX = "auto";

  /// Names whose sources a full table of media types would publish.
  private static final List<String> ACTIVE_NAMES =
      List.of(
          "php*", "phtml", "phps", "shtml", "jsp*", "asp*", "cgi", "pl", "pm", "py", "rb", "sh",
          "sql", "bak", "old", "~", "swp", "pem", "key", "p12", "env", "ini", "conf", "inc", "log",
          "yml", "class", "jar", "war");

  static final Setting<String> DOCUMENT_ROOT =
      atOnce(
          "documentroot",
          Texts.ABSOLUTE_PATH,
          "/var/www",
          "The directory whose files are served; it is looked up by name each second, so it may be"
              + " a symlink that moves.");
  static final Setting<List<String>> INDEX =
      atOnce(
          "index",
          new Kind.ListOf<>(Texts.FILE_NAME),
          List.of(AUTO_INDEX),
          "The files tried for a directory, in order; the entry auto stands for index.html without"
              + " a backend and for nothing with one.");
  static final Setting<Boolean> AUTOINDEX =
      atOnce(
          "autoindex",
          new Kind.Flag(),
          false,
          "Whether a directory without an index file is answered with a listing of what we would"
              + " serve of it.");
  static final Setting<List<String>> TRY =
      atOnce(
          "try",
          new Kind.ListOf<>(Texts.ROOT_PATH),
          List.of(),
          "The files tried, in order, where the one asked for does not exist, as /index.html of a"
              + " single-page application; with a backend, too, where it is set.");
  static final Setting<List<ErrorPage>> ERROR_PAGE =
      atOnce(
          "error_page",
          new Kind.ListOf<>(Texts.ERROR_PAGE),
          List.of(),
          "Files sent as the body of our own errors, which keep their status; of several entries"
              + " for a status the last holds.");
  static final Setting<Long> PERM_REQUIRED =
      atOnce(
          "perm_required",
          new Kind.Mode(),
          04L,
          "The mode bits a file must have, all of them, to be served (04: others may read).");
  static final Setting<Long> PERM_FORBID =
      atOnce(
          "perm_forbid",
          new Kind.Mode(),
          041111L,
          "The mode bits of which a file may have none (041111: directory, sticky, any execute).");
  static final Setting<List<String>> DYNAMIC =
      atOnce(
          "dynamic",
          new Kind.ListOf<>(Texts.PART_OF_PATH),
          List.of("cgi-bin", ".."),
          "Strings that mark a decoded URL path as dynamic wherever they stand in it.");
  static final Setting<List<String>> ACTIVE =
      atOnce(
          "active",
          new Kind.ListOf<>(Texts.ACTIVE_NAME),
          ACTIVE_NAMES,
          "Extensions of files that are run or kept secret, never sent; php* is any that begins"
              + " with php, ~ a name that ends with it.");
  static final Setting<List<String>> MARKER =
      atOnce(
          "marker",
          new Kind.ListOf<>(Texts.FILE_NAME),
          List.of(".htaccess"),
          "Files whose presence in a directory gives all below it to the backend.");
  static final Setting<List<String>> HOSTS =
      atOnce(
          "hosts",
          new Kind.ListOf<>(Texts.HOST_PATTERN),
          List.of(),
          "The hosts whose requests we serve from files; none named means any.");
  static final Setting<QueryRule> QUERY =
      atOnce(
          "query",
          Texts.QUERY,
          new QueryRule.Pass(),
          "Whether a request with a query is passed on, served as if it had none (ignore), or that"
              + " only if the whole query matches the expression; without a backend it is ignored.");
  static final Setting<Boolean> PASS_AUTHORIZATION =
      atOnce(
          "pass_authorization",
          new Kind.Flag(),
          true,
          "Whether requests with Authorization go to the backend, which alone can judge them.");
  static final Setting<SymlinkKind> SYMLINKS =
      atOnce(
          "symlinks",
          new Kind.Choice<>(SymlinkKind.class),
          SymlinkKind.BENEATH,
          "Whether symbolic links are followed that stay beneath documentroot (beneath), or none"
              + " (none): then a path with a link on it counts as one that leads outside.");
  static final Setting<List<String>> SYMLINK_ROOTS =
      atOnce(
          "symlink_roots",
          new Kind.ListOf<>(Texts.ABSOLUTE_PATH),
          List.of(),
          "Directories outside documentroot into which symbolic links may lead, if symlinks=beneath.");
  static final Setting<Boolean> SLOPPY_MIME =
      atOnce(
          "sloppymime",
          new Kind.Flag(),
          false,
          "Whether files of unknown type are served as default_type even with a backend.");
  static final Setting<String> DEFAULT_TYPE =
      atOnce(
          "default_type",
          Texts.MEDIA_TYPE,
          "application/octet-stream",
          "The media type of files whose extension the table does not know.");
  static final Setting<List<MediaTypeEntry>> MIME =
      atOnce(
          "mime",
          new Kind.ListOf<>(Texts.MEDIA_TYPE_ENTRY),
          List.of(),
          "Additions to the table of media types; the last entry of an extension holds.");
  static final Setting<String> CHARSET =
      atOnce("charset", Texts.CHARSET, "", "The charset added to text types; empty adds none.");
  static final Setting<EtagKind> ETAG =
      atOnce(
          "etag",
          new Kind.Choice<>(EtagKind.class),
          EtagKind.STAT,
          "Whether an ETag is made of size and time of modification, of a hash of the content, or"
              + " not sent.");
  static final Setting<List<PrecompressedCoding>> PRECOMPRESSED =
      atOnce(
          "precompressed",
          new Kind.ListOf<>(new Kind.Choice<>(PrecompressedCoding.class)),
          List.of(PrecompressedCoding.values()),
          "Codings whose variants (FILE.br, FILE.zst, FILE.gz) are sent to clients that accept them,"
              + " the first of them where the client likes several alike.");
  static final Setting<List<CacheControlRule>> CACHE_CONTROL =
      atOnce(
          "cache_control",
          new Kind.ListOf<>(Texts.CACHE_CONTROL),
          List.of(),
          "Cache-Control of files by their path (* within a segment, ** across); the first pattern"
              + " that matches holds.");
  static final Setting<List<HeaderRule>> HEADER =
      atOnce(
          "header",
          new Kind.ListOf<>(Texts.HEADER),
          List.of(),
          "Fields added to the answers for files by their path; every pattern that matches adds"
              + " its own.");
  static final Setting<Boolean> NOSNIFF =
      atOnce(
          "nosniff",
          new Kind.Flag(),
          true,
          "Whether files are sent with X-Content-Type-Options: nosniff, so that browsers believe"
              + " Content-Type.");

  static final List<Setting<?>> ALL =
      List.of(
          DOCUMENT_ROOT,
          INDEX,
          AUTOINDEX,
          TRY,
          ERROR_PAGE,
          PERM_REQUIRED,
          PERM_FORBID,
          DYNAMIC,
          ACTIVE,
          MARKER,
          HOSTS,
          QUERY,
          PASS_AUTHORIZATION,
          SYMLINKS,
          SYMLINK_ROOTS,
          SLOPPY_MIME,
          DEFAULT_TYPE,
          MIME,
          CHARSET,
          ETAG,
          PRECOMPRESSED,
          CACHE_CONTROL,
          HEADER,
          NOSNIFF);

  private StaticSettings() {}
}
