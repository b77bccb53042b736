package net.khttpd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Our own constants, not a copy of them, against the C headers.
class RingOperationTest {
  @TempDir private Path directory;

  @Test
  void everyNumberIsThatOfTheHeaders() throws Exception {
    var source = new StringBuilder("#define _GNU_SOURCE\n#include <linux/io_uring.h>\n");
    source.append("#include <poll.h>\n");
    source.append("#include <stdio.h>\nint main(void) {\n");
    List<String> ours = new ArrayList<>();
    for (Field field : RingOperation.class.getFields()) {
      String name = inC(field.getName());
      source.append("  printf(\"%s=%%d\\n\", (int) %s);\n".formatted(name, name));
      ours.add(name + "=" + field.getInt(null));
    }
    source.append("  return 0;\n}\n");
    assertTrue(ours.size() > 20, "the constants are public");
    String theirs = CProgram.compile(source.toString(), directory).run();
    assertEquals(String.join("\n", ours), theirs.strip());
  }

  private static String inC(String name) {
    if (name.startsWith("SQE_")) {
      return "IO" + name;
    }
    if (name.startsWith("CQE_")) {
      return name.replace("CQE_", "IORING_CQE_F_");
    }
    if (name.startsWith("CANCEL_")) {
      return "IORING_ASYNC_" + name;
    }
    if (name.equals("POLL_MULTISHOT")) {
      return "IORING_POLL_ADD_MULTI";
    }
    return name.startsWith("POLL") ? name : "IORING_" + name;
  }
}
