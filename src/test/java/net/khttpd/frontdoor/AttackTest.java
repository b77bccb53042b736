package net.khttpd.frontdoor;

import java.util.List;
import java.util.stream.Stream;
import net.khttpd.frontdoor.attack.Attack;
import net.khttpd.frontdoor.attack.AttackRun;
import net.khttpd.frontdoor.attack.AttackSite;
import net.khttpd.frontdoor.attack.ChunkAttacks;
import net.khttpd.frontdoor.attack.FramingAttacks;
import net.khttpd.frontdoor.attack.HeadAttacks;
import net.khttpd.frontdoor.attack.PathAttacks;
import net.khttpd.frontdoor.attack.ResourceAttacks;
import net.khttpd.frontdoor.harness.AfterEngine;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RecordingBackend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every row of every table: alone, in front of a recording backend, and split at every byte.
final class AttackTest extends FrontDoor {
  private AttackSite attackSite;
  private FrontServer aloneServer;
  private FrontServer frontServer;
  private RecordingBackend backend;
  private AttackRun alone;
  private AttackRun front;

  static Stream<Attack> rows() {
    return Stream.of(
            FramingAttacks.rows(),
            HeadAttacks.rows(),
            ChunkAttacks.rows(),
            PathAttacks.rows(),
            ResourceAttacks.rows())
        .flatMap(List::stream);
  }

  @BeforeEngine
  void startBoth() throws Exception {
    attackSite = new AttackSite();
    backend = RecordingBackend.ok();
    aloneServer = FrontServer.start(engine, attackSite.root(), List.of());
    frontServer =
        FrontServer.start(engine, attackSite.root(), List.of("backend=" + backend.setting()));
    alone = new AttackRun(attackSite, aloneServer.port(), null);
    front = new AttackRun(attackSite, frontServer.port(), backend);
  }

  @AfterEngine
  void stopBoth() throws Exception {
    aloneServer.close();
    frontServer.close();
    backend.close();
    attackSite.close();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void alone(Attack row) throws Exception {
    alone.whole(row.bytes(Attack.STATIC), row.alone());
    alone.singleBytes(row.bytes(Attack.STATIC), row.alone());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void onAStaticFileBeforeABackend(Attack row) throws Exception {
    front.whole(row.bytes(Attack.STATIC), row.onStatic());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void onADynamicNameBeforeABackend(Attack row) throws Exception {
    if (row.hasTarget()) {
      front.whole(row.bytes(Attack.DYNAMIC), row.onDynamic());
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void splitAtEveryByte(Attack row) throws Exception {
    front.splitEverywhere(row.bytes(Attack.STATIC), row.onStatic());
    front.singleBytes(row.bytes(Attack.STATIC), row.onStatic());
    if (row.hasTarget()) {
      front.splitEverywhere(row.bytes(Attack.DYNAMIC), row.onDynamic());
    }
  }
}
