package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Every mode from 000 to 777 against perm_required and perm_forbid.
final class PermissionTest extends FrontDoor {
  /// Root reads what its owner may not.
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  @BeforeEngine
  void files() throws Exception {
    for (int mode = 0; mode <= 0777; mode++) {
      site.file(mode + ".txt", "mode").mode(mode + ".txt", letters(mode));
    }
  }

  private static String letters(int mode) {
    var set = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int bit = 0; bit < all.length; bit++) {
      if ((mode & (0400 >> bit)) != 0) {
        set.add(all[bit]);
      }
    }
    return PosixFilePermissions.toString(set);
  }

  private void matrix(int required, int forbidden, String... settings) throws Exception {
    RawClient client = connect(server(settings));
    for (int mode = 0; mode <= 0777; mode++) {
      boolean readable = ROOT || (mode & 0400) != 0;
      boolean served = readable && (mode & required) == required && (mode & forbidden) == 0;
      int status = client.send(Wire.get("/" + mode + ".txt")).read().status();
      assertEquals(served ? 200 : 404, status, Integer.toOctalString(mode));
    }
  }

  @Test
  void byDefaultOthersMayReadAndNobodyMayExecute() throws Exception {
    matrix(04, 0111);
  }

  @Test
  void allNamedBitsAreRequired() throws Exception {
    matrix(0644, 040111, "perm_required=0644", "perm_forbid=040111");
  }
}
