package net.khttpd.frontdoor.attack;

import static net.khttpd.frontdoor.attack.Attack.DYNAMIC;
import static net.khttpd.frontdoor.attack.Attack.STATIC;
import static net.khttpd.frontdoor.attack.Outcome.answered;
import static net.khttpd.frontdoor.attack.Outcome.passedOn;
import static net.khttpd.frontdoor.attack.Outcome.refused;

import java.util.ArrayList;
import java.util.List;

/// Faults inside a chunked body: S9 to S11 of `peers.md` C1. Alone, the announced body itself is
/// refused (405), or its fault (400).
public final class ChunkAttacks {
  private static final String HEAD =
      "POST @T HTTP/1.1\r\nHost: front.test\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String END = "\r\n0\r\n\r\n";

  private final List<Attack> rows = new ArrayList<>();

  private ChunkAttacks() {}

  public static List<Attack> rows() {
    var table = new ChunkAttacks();
    table.sizes();
    table.lineEnds();
    table.extensions();
    table.trailers();
    return List.copyOf(table.rows);
  }

  private void fault(String id, String name, String body) {
    var fault = new Outcome.FaultInChunk();
    rows.add(new Attack(id, name, HEAD + body, refused(400, 405), fault, fault));
  }

  private void accept(String id, String name, String body, String decoded) {
    rows.add(
        new Attack(
            id,
            name,
            HEAD + body,
            answered(405),
            passedOn("POST " + STATIC + " HTTP/1.1", decoded),
            passedOn("POST " + DYNAMIC + " HTTP/1.1", decoded)));
  }

  private void sizes() {
    for (String size :
        List.of(
            "0x5",
            "+5",
            "-0",
            "-5",
            " 5",
            "\t5",
            "5 ",
            "5\t",
            "5_0",
            "",
            "G",
            "5h",
            "FFFFFFFFFFFFFFFF0",
            "10000000000000005",
            "8000000000000000",
            "FFFFFFFFFFFFFFFF",
            "0000000000000000000000005",
            "\u00a05",
            "5,5")) {
      fault("S9", "size '" + size + "'", size + "\r\nhello" + END);
    }
    accept(
        "S9",
        "size in upper and lower hex",
        "a\r\n0123456789\r\nA\r\n0123456789" + END,
        "01234567890123456789");
    accept("S9", "one leading zero", "05\r\nhello\r\n00" + "\r\n\r\n", "hello");
  }

  private void lineEnds() {
    fault("S10", "size line ended by LF", "5\nhello" + END);
    fault("S10", "size line ended by CR and another byte", "5\rXhello" + END);
    fault("S10", "size line ended by CR CR LF", "5\r\r\nhello" + END);
    fault("S10", "data not followed by CRLF", "5\r\nhelloXX0\r\n\r\n");
    fault("S10", "data followed by LF", "5\r\nhello\n0\r\n\r\n");
    fault("S10", "data followed by CR X", "5\r\nhello\rX0\r\n\r\n");
    fault("S10", "data followed by CR CR LF", "5\r\nhello\r\r\n0\r\n\r\n");
    fault("S10", "last chunk's line ended by LF", "5\r\nhello\r\n0\n\r\n");
    fault("S10", "body ended by LF", "5\r\nhello\r\n0\r\n\n");
    fault("S10", "body ended by CR X", "5\r\nhello\r\n0\r\n\rX");
    fault("S10", "data longer than its size", "4\r\nhello" + END);
  }

  private void extensions() {
    fault("S11", "extension ended by LF", "5;\nhello" + END);
    fault("S11", "extension ended by CR CR", "5;a=b\r\rhello" + END);
    fault("S11", "NUL in an extension", "5;a=\0\r\nhello" + END);
    fault("S11", "control in an extension", "5;a=\u0001\r\nhello" + END);
    fault("S11", "quoted string that holds CRLF", "5;a=\"\r\nhello\"" + END);
    fault("S11", "quoted string that holds a LF", "5;a=\"\n\"\r\nhello" + END);
    fault("S11", "64 KiB of extension", "5;" + "x".repeat(65_536) + "\r\nhello" + END);
    accept("S11", "an extension, dropped", "5;name=value\r\nhello\r\n0;last\r\n\r\n", "hello");
    accept("S11", "an extension on every chunk", "1;x=y\r\nh\r\n1;x=y\r\ni" + END, "hi");
    fault(
        "S11",
        "200 bytes of extension on each of 1,000 chunks",
        ("1;" + "x".repeat(200) + "\r\nh\r\n").repeat(1_000) + "0\r\n\r\n");
  }

  private void trailers() {
    fault("S12", "trailer without a colon", "5\r\nhello\r\n0\r\nJunk\r\n\r\n");
    fault("S12", "trailer with a folded value", "5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n");
    fault("S12", "trailer with a space before its colon", "5\r\nhello\r\n0\r\nX : a\r\n\r\n");
    fault("S12", "trailer ended by LF", "5\r\nhello\r\n0\r\nX: a\n\r\n");
    fault("S12", "trailer with a NUL", "5\r\nhello\r\n0\r\nX: a\0\r\n\r\n");
    accept(
        "S12",
        "trailers",
        "5\r\nhello\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\nHost: evil\r\n\r\n",
        "hello");
  }
}
