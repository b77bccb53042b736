package net.khttpd.frontdoor.attack;

import static net.khttpd.frontdoor.attack.Attack.DYNAMIC;
import static net.khttpd.frontdoor.attack.Attack.STATIC;
import static net.khttpd.frontdoor.attack.Outcome.refused;
import static net.khttpd.frontdoor.attack.Outcome.served;

import java.util.ArrayList;
import java.util.List;

/// A table under construction, and the kinds of rows that several tables have.
abstract class Rows {
  static final String HOST = "Host: front.test\r\n";

  private final List<Attack> rows = new ArrayList<>();

  final List<Attack> all() {
    return List.copyOf(rows);
  }

  final void add(Attack row) {
    rows.add(row);
  }

  final void refuse(String id, String name, String text, Integer... statuses) {
    Outcome refused = refused(statuses);
    add(new Attack(id, name, text, refused, refused, refused));
  }

  /// A GET head with this line in it, refused.
  final void refuseLine(String id, String name, String line, Integer... statuses) {
    refuse(id, name, "GET @T HTTP/1.1\r\n" + HOST + line + "\r\n\r\n", statuses);
  }

  /// A GET that is as good as any other.
  final void accept(String id, String name, String text, String... lines) {
    var passed =
        new Outcome.PassedOn("GET " + DYNAMIC + " HTTP/1.1", "", List.of(lines), List.of());
    add(new Attack(id, name, text, served(STATIC), served(STATIC), passed));
  }
}
