package net.khttpd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MountsTest {
  private static final String MOUNTINFO =
      """
      27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
      30 27 0:25 / /srv/nfs rw,relatime shared:1 - nfs4 host:/x rw
      31 30 0:26 / /srv/nfs/inner rw - tmpfs none rw
      33 30 0:28 / /srv/nfs/inner rw - fuse.khttpd khttpd rw
      32 27 0:27 / /srv/with\\040blank rw - tmpfs none rw
      """;

  @ParameterizedTest
  @CsvSource({
    "/etc/passwd, /",
    "/srv/nfs, /srv/nfs",
    "/srv/nfs/a, /srv/nfs",
    "/srv/nfsx/a, /",
    "/srv/nfs/inner/a, /srv/nfs/inner",
    "/srv/with blank/a, /srv/with blank",
  })
  void aPathLiesUnderTheLongestMountPoint(String path, String point) {
    assertEquals(point, Mounts.parse(MOUNTINFO).pointOf(path));
  }

  @Test
  void theTypeOfAMountIsThatOfTheTopmost() {
    Mounts mounts = Mounts.parse(MOUNTINFO);
    assertEquals("nfs4", mounts.typeAt("/srv/nfs"));
    assertEquals("fuse.khttpd", mounts.typeAt("/srv/nfs/inner"));
    assertNull(mounts.typeAt("/srv"));
  }
}
