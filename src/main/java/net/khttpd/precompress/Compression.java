package net.khttpd.precompress;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import com.github.luben.zstd.util.Native;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.khttpd.http.ContentCoding;
import net.khttpd.settings.OperatorException;

/// The codings, each at the level that is worth its time once: a file is compressed once and sent
/// many times.
final class Compression {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int BROTLI_QUALITY = 11;
  private static final int ZSTD_LEVEL = 19;

  /// The window of that level. No browser takes a larger one (RFC 9659).
  private static final int ZSTD_WINDOW_BYTES = 8 << 20;

  private Compression() {}

  /// Returns if the coding can be made in this program.
  static void require(ContentCoding coding) throws OperatorException {
    try {
      switch (coding) {
        case BR -> Brotli4jLoader.ensureAvailability();
        case ZSTD -> Native.load();
        case GZIP -> {}
      }
    } catch (LinkageError e) {
      throw new OperatorException(
          "precompress: %s cannot be made here, because its library cannot be loaded (%s); start by ./khttpd, or leave it out of --codings"
              .formatted(coding.token(), e.getMessage()),
          e);
    }
  }

  /// Compresses what is written to it into `out`; `size` bytes will come.
  static OutputStream into(ContentCoding coding, OutputStream out, long size) throws IOException {
    return switch (coding) {
      case BR -> {
        var parameters = new Encoder.Parameters().setQuality(BROTLI_QUALITY);
        yield new BrotliOutputStream(out, parameters, BUFFER_BYTES);
      }
      case ZSTD ->
          size <= ZSTD_WINDOW_BYTES / 2 ? new Whole(out) : new ZstdOutputStream(out, ZSTD_LEVEL);
      case GZIP -> new Gzip(out);
    };
  }

  /// What `in` holds, decompressed.
  static InputStream from(ContentCoding coding, InputStream in) throws IOException {
    return switch (coding) {
      case BR -> new BrotliInputStream(in, BUFFER_BYTES);
      case ZSTD -> new ZstdInputStream(in);
      case GZIP -> new GZIPInputStream(in, BUFFER_BYTES);
    };
  }

  /// Compresses at its end what has come: knowing the length, zstd asks the client for no more
  /// memory than that.
  private static final class Whole extends ByteArrayOutputStream {
    private final OutputStream out;

    Whole(OutputStream out) {
      this.out = out;
    }

    @Override
    public void close() throws IOException {
      out.write(Zstd.compress(toByteArray(), ZSTD_LEVEL));
      out.close();
    }
  }

  /// The JDK's stream at its best level; without name and time, so that the same content gives the
  /// same bytes on every replica.
  private static final class Gzip extends GZIPOutputStream {
    Gzip(OutputStream out) throws IOException {
      super(out, BUFFER_BYTES);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
