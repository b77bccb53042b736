package net.khttpd.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/// The media type of a file by the extension of its name: Debian's table of more than a thousand
/// types, and the operator's own in front of it. Immutable; any thread.
///
/// The extension is what follows the last dot of the last segment, upper and lower case alike. A
/// name that only begins with a dot (`/.html`) has none.
public final class MediaTypes {
  /// What [#find] returns for a name without an extension, or with one that nobody knows.
  public static final int UNKNOWN = -1;

  /// No extension is longer, which bounds the look at a name.
  static final int MAX_EXTENSION = 32;

  private static final String RESOURCE = "mime.types";

  private byte[][] contentTypes = new byte[1280][];
  private int types;
  private byte[][] extensions = new byte[2048][];
  private int[] typeOf = new int[2048];
  private int entries;

  /// Open addressing; a slot holds 1 + the index of an entry, or 0. At most half full.
  private int[] slots = new int[4096];

  /// The built-in table, with `overrides` (extension without dot → media type, parameters allowed)
  /// before it.
  ///
  /// @throws IllegalArgumentException with a sentence if an extension or a type is malformed
  public MediaTypes(Map<String, String> overrides) {
    for (Map.Entry<String, String> own : overrides.entrySet()) {
      override(own.getKey(), own.getValue());
    }
    parse(resource());
  }

  private MediaTypes(MediaTypes other, byte[][] contentTypes) {
    this.contentTypes = contentTypes;
    types = other.types;
    extensions = other.extensions;
    typeOf = other.typeOf;
    entries = other.entries;
    slots = other.slots;
  }

  /// The same table with `; charset=…` added where it belongs: text/* and application/javascript,
  /// unless the type names a charset already.
  ///
  /// @throws IllegalArgumentException with a sentence if the charset is not one word
  public MediaTypes withCharset(String charset) {
    MediaTypeText.requireCharset(charset);
    String parameter = "; charset=".concat(charset);
    byte[][] values = contentTypes.clone();
    for (int i = 0; i < types; i++) {
      String type = new String(values[i], StandardCharsets.ISO_8859_1);
      if (MediaTypeText.takesCharset(type)) {
        values[i] = type.concat(parameter).getBytes(StandardCharsets.ISO_8859_1);
      }
    }
    return new MediaTypes(this, values);
  }

  /// The index of the type of the file that a path names, for [#contentType], or [#UNKNOWN]. Free
  /// of allocation.
  public int find(MemorySegment path, long off, int len) {
    int hash = 0;
    int shortest = Math.max(0, len - 1 - MAX_EXTENSION);
    for (int i = len - 1; i >= shortest; i--) {
      byte b = path.get(ValueLayout.JAVA_BYTE, off + i);
      if (b == '/') {
        return UNKNOWN;
      }
      if (b == '.') {
        boolean named = i > 0 && path.get(ValueLayout.JAVA_BYTE, off + i - 1) != '/';
        return named ? lookUp(hash, path, off + i + 1, len - i - 1) : UNKNOWN;
      }
      hash = step(hash, b);
    }
    return UNKNOWN;
  }

  /// The same for a name that is a string. Cold.
  public int find(String path) {
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    return find(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  /// The value of Content-Type for an index that [#find] returned; shared, never written.
  public byte[] contentType(int index) {
    return contentTypes[index];
  }

  /// How many extensions are known.
  public int size() {
    return entries;
  }

  private int lookUp(int hash, MemorySegment path, long off, int len) {
    int mask = slots.length - 1;
    for (int slot = spread(hash) & mask; slots[slot] != 0; slot = slot + 1 & mask) {
      int entry = slots[slot] - 1;
      if (same(extensions[entry], path, off, len)) {
        return typeOf[entry];
      }
    }
    return UNKNOWN;
  }

  private static boolean same(byte[] extension, MemorySegment path, long off, int len) {
    if (extension.length != len) {
      return false;
    }
    for (int i = 0; i < len; i++) {
      if (extension[i] != lower(path.get(ValueLayout.JAVA_BYTE, off + i))) {
        return false;
      }
    }
    return true;
  }

  /// Hashes from the end of the name backwards, the direction in which a dot is looked for.
  private static int step(int hash, byte b) {
    return hash * 31 + lower(b);
  }

  private static int spread(int hash) {
    return hash ^ hash >>> 15;
  }

  private static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
  }

  private void override(String extension, String type) {
    MediaTypeText.requireExtension(extension);
    MediaTypeText.requireMediaType(type);
    byte[] key = extension.getBytes(StandardCharsets.UTF_8);
    if (key.length > MAX_EXTENSION) {
      throw new IllegalArgumentException("an extension has at most 32 bytes, not " + key.length);
    }
    int index = addType(type.getBytes(StandardCharsets.US_ASCII));
    putIfAbsent(key, 0, key.length, index);
  }

  private static byte[] resource() {
    try (InputStream in = MediaTypes.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks net/khttpd/http/" + RESOURCE);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("net/khttpd/http/" + RESOURCE + " cannot be read", e);
    }
  }

  /// A line is a type and its extensions, with one blank between; `#` begins a comment.
  private void parse(byte[] text) {
    for (int at = 0; at < text.length; at++) {
      int start = at;
      int type = UNKNOWN;
      boolean comment = text[at] == '#';
      while (text[at] != '\n') {
        at++;
        if (!comment && (text[at] == ' ' || text[at] == '\n')) {
          type = word(text, start, at, type);
          start = at + 1;
        }
      }
    }
  }

  private int word(byte[] text, int start, int end, int type) {
    if (type == UNKNOWN) {
      return addType(Arrays.copyOfRange(text, start, end));
    }
    putIfAbsent(text, start, end, type);
    return type;
  }

  private int addType(byte[] type) {
    if (types == contentTypes.length) {
      contentTypes = Arrays.copyOf(contentTypes, types * 2);
    }
    contentTypes[types] = type;
    return types++;
  }

  private void putIfAbsent(byte[] text, int start, int end, int type) {
    byte[] extension = new byte[end - start];
    int hash = 0;
    for (int i = end - 1; i >= start; i--) {
      extension[i - start] = lower(text[i]);
      hash = step(hash, text[i]);
    }
    int mask = slots.length - 1;
    int slot = spread(hash) & mask;
    while (slots[slot] != 0) {
      if (Arrays.equals(extensions[slots[slot] - 1], extension)) {
        return;
      }
      slot = slot + 1 & mask;
    }
    if (entries == extensions.length) {
      throw new IllegalArgumentException("more than " + entries + " media types by extension");
    }
    extensions[entries] = extension;
    typeOf[entries] = type;
    slots[slot] = ++entries;
  }
}
