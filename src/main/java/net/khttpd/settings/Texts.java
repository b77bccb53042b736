package net.khttpd.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import net.khttpd.log.LogFormat;

/// The kinds of text the settings use: paths, names, addresses. Each reader returns its argument's
/// value or says what is wrong with it.
final class Texts {
  /// A token (RFC 9110 §5.6.2).
  static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /// RFC 1035 §2.3.4.
  private static final int LONGEST_NAME = 253;

  private static final int LONGEST_ROOT_PATH = 255;
  private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";

  static final Kind<String> ABSOLUTE_PATH = text("an absolute path", Texts::absolutePath);
  static final Kind<String> LOG_PATH = text("an absolute path, or - for stdout", Texts::logPath);
  static final Kind<String> PART_OF_PATH = text("a text to find in a path", Texts::notEmpty);
  static final Kind<String> FILE_NAME = text("a file name without a slash", Texts::fileName);
  static final Kind<String> ACTIVE_NAME =
      text("an extension without its dot, php* for all that begin so, or ~", Texts::active);
  static final Kind<String> HOST_PATTERN =
      text("a name, or *.name for all names below it", Texts::hostPattern);
  static final Kind<String> VHOST = text("a name, *.name or default", Texts::vhost);
  static final Kind<String> ROOT_PATH =
      text("a path beneath documentroot that begins with /", Texts::rootPath);
  static final Kind<ErrorPage> ERROR_PAGE =
      new Kind.Text<>("STATUS /PATH", ErrorPage::read, ErrorPage::text);
  static final Kind<String> MEDIA_TYPE = text("TYPE/SUBTYPE", MediaTypeEntry::mediaType);
  static final Kind<String> CHARSET = text("a charset's name, or empty for none", Texts::charset);
  static final Kind<ListenAddress> LISTEN_ADDRESS =
      new Kind.Text<>(
          "* (IPv6 and IPv4), an IPv4 or an IPv6 address",
          ListenAddress::read,
          ListenAddress::text);
  static final Kind<BackendAddress> BACKEND =
      new Kind.Text<>(
          "HOST:PORT, [IPv6]:PORT or unix:/PATH", BackendAddress::read, BackendAddress::text);
  static final Kind<AddressRange> ADDRESS_RANGE =
      new Kind.Text<>("ADDRESS or ADDRESS/BITS", AddressRange::read, AddressRange::text);
  static final Kind<MediaTypeEntry> MEDIA_TYPE_ENTRY =
      new Kind.Text<>("EXTENSION=TYPE/SUBTYPE", MediaTypeEntry::read, MediaTypeEntry::text);
  static final Kind<QueryRule> QUERY =
      new Kind.Text<>("pass, ignore or a regular expression", QueryRule::read, QueryRule::text);
  static final Kind<CacheControlRule> CACHE_CONTROL =
      new Kind.Text<>(CacheControlRule.FORM, CacheControlRule::read, CacheControlRule::text);
  static final Kind<HeaderRule> HEADER =
      new Kind.Text<>(HeaderRule.FORM, HeaderRule::read, HeaderRule::text);
  static final Kind<LogFormat> LOG_FORMAT =
      new Kind.Text<>("combined, common or directives", Texts::logFormat, LogFormat::text);

  private Texts() {}

  static Kind<String> text(String form, Kind.Text.Reading<String> reading) {
    return new Kind.Text<>(form, reading, Function.identity());
  }

  static String notEmpty(String text) throws BadValueException {
    if (text.isEmpty()) {
      throw new BadValueException("is empty");
    }
    return text;
  }

  static String absolutePath(String text) throws BadValueException {
    if (!text.startsWith("/")) {
      throw new BadValueException("is not an absolute path: it must begin with /");
    }
    try {
      Path _ = Path.of(text);
      return text;
    } catch (InvalidPathException e) {
      throw new BadValueException(
          "has a character that this locale cannot spell; set LC_ALL=C.UTF-8", e);
    }
  }

  static String noneOrAbsolutePath(String text) throws BadValueException {
    return text.isEmpty() ? text : absolutePath(text);
  }

  static String logPath(String text) throws BadValueException {
    return text.equals("-") ? text : absolutePath(text);
  }

  static String mountPath(String text) throws BadValueException {
    return text.isEmpty() ? text : absolutePath(text);
  }

  static LogFormat logFormat(String text) throws BadValueException {
    try {
      return LogFormat.of(notEmpty(text));
    } catch (IllegalArgumentException e) {
      throw new BadValueException(String.valueOf(e.getMessage()), e);
    }
  }

  static String fileName(String text) throws BadValueException {
    if (notEmpty(text).indexOf('/') >= 0 || text.equals(".") || text.equals("..")) {
      throw new BadValueException("is not a file name: no slash, not . or ..");
    }
    return text;
  }

  /// A path as it is after decoding: what is looked up beneath the document root as it stands.
  static String rootPath(String text) throws BadValueException {
    boolean normal = text.matches("(/[^/]+)+") && !text.matches("(.*/)?\\.{1,2}(/.*)?");
    if (!normal || text.getBytes(UTF_8).length > LONGEST_ROOT_PATH) {
      throw new BadValueException(
          "is not the path of a file beneath documentroot: it begins with /, has no empty segment,"
              + " no . or .., and at most "
              + LONGEST_ROOT_PATH
              + " bytes");
    }
    return text;
  }

  static String active(String text) throws BadValueException {
    int star = notEmpty(text).indexOf('*');
    boolean starWithin = star >= 0 && (star == 0 || star != text.length() - 1);
    if (starWithin || text.indexOf('/') >= 0 || text.startsWith(".")) {
      throw new BadValueException("is not an extension: no dot before it, * only as its end");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  static String hostPattern(String text) throws BadValueException {
    if (text.startsWith("*.")) {
      return "*." + hostName(text.substring(2));
    }
    return text.indexOf(':') >= 0 ? address(text).getHostAddress() : hostName(text);
  }

  /// As [#hostPattern], or the word for all hosts that no other names.
  static String vhost(String text) throws BadValueException {
    return text.equals(Settings.DEFAULT_HOST) ? text : hostPattern(text);
  }

  /// The name in lower case; IPv4 literals are names, too.
  static String hostName(String text) throws BadValueException {
    boolean labels = text.matches(LABEL + "(\\." + LABEL + ")*");
    if (!labels || text.length() > LONGEST_NAME) {
      throw new BadValueException("has no valid host name or address");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  static InetAddress address(String text) throws BadValueException {
    // inet_aton(3) also reads 1.2.3 as 1.2.0.3; who writes that has most likely forgotten a part.
    if (text.indexOf(':') < 0 && !text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
      throw new BadValueException("has no valid IPv4 or IPv6 address");
    }
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new BadValueException("has no valid IPv4 or IPv6 address", e);
    }
  }

  static String charset(String text) throws BadValueException {
    if (!text.matches("[A-Za-z0-9._:+-]*")) {
      throw new BadValueException("is not a charset's name such as utf-8");
    }
    return text;
  }
}
