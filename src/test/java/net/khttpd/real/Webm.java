package net.khttpd.real;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Makes a film that a browser plays, by code: WebM (a profile of Matroska, RFC 9559) with one VP8
/// key frame shown ten times a second. Each second is padded, so that the film is large; what is
/// needed for seeking (Cues) stands at its end, as in most recordings.
final class Webm {
  /// One pixel, the frame in a WebP file of one.
  private static final byte[] FRAME =
      HexFormat.of().parseHex("300100" + "9d012a01000100" + "0ec0fe25a4000370" + "00000000");

  private static final int FRAMES_PER_SECOND = 10;
  private static final int MILLIS_PER_FRAME = 1000 / FRAMES_PER_SECOND;
  private static final int SEEK = 0x4DBB;
  private static final int CUES = 0x1C53BB6B;

  private Webm() {}

  /// A film of so many seconds, `padding` bytes and a little more for each.
  static byte[] film(int seconds, int padding) {
    byte[] before = join(info(seconds), tracks());
    long at = seekHead(0).length + before.length;
    var clusters = new ByteArrayOutputStream();
    var cues = new ByteArrayOutputStream();
    for (int second = 0; second < seconds; second++) {
      byte[] cluster = cluster(second, padding);
      cues.writeBytes(cue(second, at + clusters.size()));
      clusters.writeBytes(cluster);
    }
    byte[] index = element(CUES, cues.toByteArray());
    byte[] seek = seekHead(at + clusters.size());
    return join(header(), element(0x18538067, join(seek, before, clusters.toByteArray(), index)));
  }

  private static byte[] header() {
    return element(
        0x1A45DFA3,
        join(
            number(0x4286, 1),
            number(0x42F7, 1),
            number(0x42F2, 4),
            number(0x42F3, 8),
            text(0x4282, "webm"),
            number(0x4287, 4),
            number(0x4285, 2)));
  }

  private static byte[] seekHead(long cues) {
    byte[] id = element(0x53AB, ByteBuffer.allocate(4).putInt(CUES).array());
    return element(0x114D9B74, element(SEEK, join(id, number(0x53AC, cues))));
  }

  private static byte[] info(int seconds) {
    byte[] duration = ByteBuffer.allocate(8).putDouble(seconds * 1000.0).array();
    return element(
        0x1549A966,
        join(
            number(0x2AD7B1, 1_000_000),
            element(0x4489, duration),
            text(0x4D80, "khttpd"),
            text(0x5741, "khttpd")));
  }

  private static byte[] tracks() {
    byte[] video = element(0xE0, join(number(0xB0, 1), number(0xBA, 1)));
    byte[] track =
        join(number(0xD7, 1), number(0x73C5, 1), number(0x83, 1), text(0x86, "V_VP8"), video);
    return element(0x1654AE6B, element(0xAE, track));
  }

  private static byte[] cluster(int second, int padding) {
    var content = new ByteArrayOutputStream();
    content.writeBytes(number(0xE7, second * 1000L));
    for (int i = 0; i < FRAMES_PER_SECOND; i++) {
      ByteBuffer block = ByteBuffer.allocate(4 + FRAME.length);
      block.put((byte) 0x81).putShort((short) (i * MILLIS_PER_FRAME)).put((byte) 0x80);
      content.writeBytes(element(0xA3, block.put(FRAME).array()));
    }
    content.writeBytes(element(0xEC, new byte[padding]));
    return element(0x1F43B675, content.toByteArray());
  }

  private static byte[] cue(int second, long cluster) {
    byte[] place = element(0xB7, join(number(0xF7, 1), number(0xF1, cluster)));
    return element(0xBB, join(number(0xB3, second * 1000L), place));
  }

  private static byte[] number(int id, long value) {
    return element(id, ByteBuffer.allocate(8).putLong(value).array());
  }

  private static byte[] text(int id, String ascii) {
    return element(id, ascii.getBytes(StandardCharsets.US_ASCII));
  }

  /// Every length takes eight bytes, so that no place depends on a number.
  private static byte[] element(int id, byte[] content) {
    int idBytes = (Integer.SIZE - Integer.numberOfLeadingZeros(id) + 7) / 8;
    ByteBuffer element = ByteBuffer.allocate(idBytes + 8 + content.length);
    for (int i = idBytes - 1; i >= 0; i--) {
      element.put((byte) (id >>> (8 * i)));
    }
    return element.putLong(1L << 56 | content.length).put(content).array();
  }

  private static byte[] join(byte[]... pieces) {
    var joined = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      joined.writeBytes(piece);
    }
    return joined.toByteArray();
  }
}
