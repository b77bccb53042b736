package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// curl and wget ask for pieces, and go on with a download where it broke off.
final class DownloadToolsTest extends RealWorld {
  private static final int HAD = 7_654_321;

  private int us;
  private byte[] large = {};

  @Override
  void start() throws Exception {
    us = own(Khttpd.run(engine, site.root())).port();
    large = Files.readAllBytes(site.root().resolve("large.iso"));
  }

  private Path had(byte[] bytes) throws Exception {
    Path file = site.outside().resolve("had.iso");
    return Files.write(file, bytes);
  }

  @Test
  void curlGetsWhatItAsksFor() throws Exception {
    String url = Curl.url(us, "/types/file.txt");
    assertEquals("content of a txt", Curl.text("-r", "0-", url));
    assertEquals("tent", Curl.text("-r", "3-6", url));
    assertEquals("txt", Curl.text("-r", "-3", url));
    String parts = Curl.text("-r", "0-2,-3", url);
    assertTrue(parts.matches("(?s)--.*Content-Range: bytes 0-2/16\r\n\r\ncon\r\n--.*"), parts);
    assertTrue(
        parts.matches("(?s).*Content-Range: bytes 13-15/16\r\n\r\ntxt\r\n--.*--\r\n"), parts);
    String status = Curl.text("-o", "/dev/null", "-w", "%{http_code}", "-r", "16-", url);
    assertEquals("416", status);
  }

  @Test
  void curlGoesOnWhereADownloadBrokeOff() throws Exception {
    Path file = had(Arrays.copyOf(large, HAD));
    String url = Curl.url(us, "/large.iso");
    String got = Curl.text("-C", "-", "-o", "" + file, "-w", "%{http_code} %{size_download}", url);
    assertEquals("206 " + (large.length - HAD), got);
    assertArrayEquals(large, Files.readAllBytes(file));
  }

  @Test
  void wgetGoesOnWhereADownloadBrokeOff() throws Exception {
    Path file = had(Arrays.copyOf(large, HAD));
    String said = wget(file, "/large.iso");
    assertTrue(said.contains("206 Partial Content"), said);
    assertArrayEquals(large, Files.readAllBytes(file));
    assertTrue(wget(file, "/large.iso").contains("416 "), "a whole file asks for nothing more");
    assertArrayEquals(large, Files.readAllBytes(file));
  }

  private String wget(Path file, String path) throws Exception {
    Path said = site.outside().resolve("wget.log");
    Process wget =
        new ProcessBuilder(
                "wget",
                "--no-proxy",
                "-S",
                "-c",
                "-T",
                "30",
                "-t",
                "1",
                "-O",
                "" + file,
                Curl.url(us, path))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertTrue(wget.waitFor(60, TimeUnit.SECONDS), "wget does not end");
      return Files.readString(said);
    } finally {
      wget.destroyForcibly();
    }
  }
}
