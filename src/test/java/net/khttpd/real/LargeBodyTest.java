package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Large bodies in both directions, by curl, with a real Apache behind us: no byte differs, and our
/// memory does not grow with them.
final class LargeBodyTest extends RealWorld {
  private static final String DIGEST = "/cgi-bin/digest.sh";
  private static final int WARM_UP_BYTES = 32 << 20;
  private static final int MOST_WARM_UPS = 6;
  private static final long SETTLED_KIB = 1 << 10;
  private static final long MAY_GROW_KIB = 16 << 10;

  private int apache;
  private int us;
  private @Nullable Khttpd khttpd;
  private Path large = Path.of("");
  private Curl.Body whole = new Curl.Body(0, "");

  @Override
  void start() throws Exception {
    apache = own(Apache.start(site.outside(), site.root(), "")).port();
    khttpd = own(Khttpd.run(engine, site.root(), "clientport=" + apache));
    us = khttpd.port();
    large = site.root().resolve("large.iso");
    whole = Curl.of(large);
    warmUp();
  }

  /// Until the code is compiled and the heap has its size, memory grows with any work: until a
  /// round of transfers leaves the peak nearly where it was.
  private void warmUp() throws Exception {
    site.file("warm.iso", random(WARM_UP_BYTES));
    long before = 0;
    for (int i = 0; i < MOST_WARM_UPS && khttpd.kib("VmHWM") - before > SETTLED_KIB; i++) {
      before = khttpd.kib("VmHWM");
      transferAll(site.root().resolve("warm.iso"));
    }
  }

  private void transferAll(Path warm) throws Exception {
    for (String framing : new String[] {"X-Same: yes", "Transfer-Encoding: chunked"}) {
      Curl.text(post("-T", "" + warm, "-H", framing));
    }
    Curl.body(Curl.url(us, "/warm.iso"));
    Curl.body(Curl.url(us, "/warm.iso?passed=on"));
  }

  /// One transfer of the large file.
  private interface Transfer {
    void run() throws Exception;
  }

  @Test
  void anUploadWithALengthArrivesWhole() throws Exception {
    flat("upload with a length", () -> assertUploaded("-T", "" + large));
  }

  @Test
  void aChunkedUploadArrivesWhole() throws Exception {
    flat(
        "upload, chunked",
        () -> assertUploaded("-T", "" + large, "-H", "Transfer-Encoding: chunked"));
  }

  @Test
  void anUploadThatWaitsForContinueArrivesWhole() throws Exception {
    flat(
        "upload, Expect: 100-continue",
        () -> {
          String said = Curl.text(post("-T", "" + large, "-i", "-H", "Expect: 100-continue"));
          assertTrue(said.startsWith("HTTP/1.1 100 "), said);
          assertTrue(said.strip().endsWith(whole.toString()), said);
        });
  }

  @Test
  void aDownloadServedByUsIsWhole() throws Exception {
    flat("download, served", () -> assertEquals(whole, Curl.body(Curl.url(us, "/large.iso"))));
  }

  @Test
  void aDownloadPassedOnIsWhole() throws Exception {
    flat(
        "download, passed on",
        () -> assertEquals(whole, Curl.body(Curl.url(us, "/large.iso?passed=on"))));
  }

  @Test
  void aChunkedDownloadIsTheSameAsDirectly() throws Exception {
    String path = "/cgi-bin/large.sh?" + LARGE_MIB * 1024;
    Curl.Body directly = Curl.body(Curl.url(apache, path));
    flat("download, chunked", () -> assertEquals(directly, Curl.body(Curl.url(us, path))));
  }

  private String[] post(String... more) {
    String[] all = java.util.Arrays.copyOf(more, more.length + 3);
    all[more.length] = "-X";
    all[more.length + 1] = "POST";
    all[more.length + 2] = Curl.url(us, DIGEST);
    return all;
  }

  private void assertUploaded(String... how) throws Exception {
    assertEquals(whole.toString(), Curl.text(post(how)).strip());
  }

  private void flat(String what, Transfer transfer) throws Exception {
    long before = khttpd.kib("VmHWM");
    transfer.run();
    long grown = khttpd.kib("VmHWM") - before;
    Proof.line(
        "%s, %d MiB, Apache behind, %s: memory grew by %d KiB from %d KiB"
            .formatted(what, LARGE_MIB, engine.setting(), Math.max(0, grown), before));
    assertTrue(grown < MAY_GROW_KIB, () -> what + ": resident memory grew by " + grown + " KiB");
  }
}
