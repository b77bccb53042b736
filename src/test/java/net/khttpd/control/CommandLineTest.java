package net.khttpd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.khttpd.settings.Draft;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import net.khttpd.settings.SettingsTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
  @TempDir private Path directory;

  @Test
  void docsSettingsIsWhatTheDeclarationsSay() throws Exception {
    assertEquals(
        SettingsHelp.markdown(),
        Files.readString(Path.of("docs/settings.md")),
        "write it anew: ./khttpd settings --markdown > docs/settings.md");
  }

  @Test
  void theVersionIsThatOfThePom() throws Exception {
    String pom = Files.readString(Path.of("pom.xml"));
    assertTrue(pom.contains("<version>" + Version.OURS + "</version>"), Version.OURS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "run -w serverport=0",
        "run --conf a -w dynamic=x --conf b -w dynamic=-x --socket s",
      })
  void aPlainRunLineMeansTheSameWithoutPicocli(String line) {
    String[] args = line.split(" ");
    RunCommand plain = assertNotNullCommand(RunLine.read(args));
    var read = new RunCommand(new SettingsOptions(), null);
    new CommandLine(new Khttpd()).addSubcommand(read).parseArgs(args);
    assertEquals(read.options.files, plain.options.files);
    assertEquals(read.options.writes, plain.options.writes);
    assertEquals(read.socket, plain.socket);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run --help", "run -w", "run --foo a", "run -w=a=b", "demo", "run -w -w"})
  void anyOtherLineIsLeftToPicocli(String line) {
    assertNull(RunLine.read(line.split(" ")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sysctl -a",
        "sysctl threads net.khttpd.drain",
        "sysctl --socket s -nw threads=2 dynamic=-x",
        "sysctl -w -q -e a=1 -N b=2",
        "sysctl -p - file",
        "sysctl",
      })
  void aPlainSysctlLineMeansTheSameWithoutPicocli(String line) {
    String[] args = line.split(" ");
    SysctlCommand plain = SysctlLine.read(args);
    assertNotNull(plain);
    var read = new SysctlCommand();
    new CommandLine(new Khttpd()).addSubcommand(read).parseArgs(args);
    assertEquals(read.toString(), plain.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sysctl --help", "sysctl -z", "sysctl --socket", "sysctl --socket=a", "run -a"})
  void anyOtherSysctlLineIsLeftToPicocli(String line) {
    assertNull(SysctlLine.read(line.split(" ")));
  }

  @Test
  void writesOverrideFilesAndStartIsImplied() throws Exception {
    Path file = directory.resolve("khttpd.conf");
    Files.writeString(file, "threads = 3\nserverport = 1\n");
    var options = new SettingsOptions();
    options.files.add(file);
    options.writes.add("serverport=2");
    var settings = options.read(true);
    assertEquals(3, settings.threads());
    assertEquals(2, settings.serverPort());
    assertTrue(settings.start());
    options.writes.add("start=0");
    assertTrue(!options.read(true).start());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "documentroot=/nonexistent/khttpd",
        "documentroot=/etc/hostname",
        "clientport=8080",
        "backend=localhost:8080",
        "backend=[::1]:8080",
        "target_max=32768",
      })
  void whatCannotStartIsNamed(String write) throws Exception {
    Draft draft = Draft.ofDefaults().write("documentroot", directory.toString()).write(write);
    var refusal = assertThrows(OperatorException.class, () -> StartChecks.check(draft.snapshot()));
    String name = write.substring(0, write.indexOf('='));
    assertTrue(refusal.sentence().startsWith(name + ": "), refusal.sentence());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "address=127.0.0.1 backend=0.0.0.0:8080",
        "address=127.0.0.1 backend=localhost:8080",
        "address=127.0.0.1 clientport=8080",
        "address=0.0.0.0 clientport=8080",
        "address=::1 backend=[::]:8080",
        "backend=[::ffff:127.0.0.1]:8080",
      })
  void aBackendThatIsOurselvesIsRefused(String writes) throws Exception {
    assertThrows(OperatorException.class, () -> StartChecks.check(withWrites(writes)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "address=127.0.0.2 clientport=8080",
        "address=127.0.0.2 backend=127.0.0.3:8080",
        "address=::1 clientport=8080",
        "address=::1 backend=0.0.0.0:8080",
        "address=0.0.0.0 backend=[::1]:8080",
        "serverport=0 clientport=0",
      })
  void theSamePortOfAnotherAddressIsNotOurselves(String writes) throws Exception {
    StartChecks.check(withWrites(writes));
  }

  @Test
  void anAddressIsWrittenInAUrlAsTheOperatorWroteIt() throws Exception {
    assertEquals("[::1]", withWrites("address=::1").address().urlHost());
    assertEquals("[::1]", withWrites("address=::").address().urlHost());
    assertEquals("127.0.0.1", withWrites("address=0.0.0.0").address().urlHost());
    assertEquals("127.0.0.1", withWrites("address=*").address().urlHost());
  }

  private Settings withWrites(String writes) throws OperatorException {
    Draft draft = Draft.ofDefaults().write("documentroot", directory.toString());
    for (String write : writes.split(" ")) {
      draft.write(write);
    }
    return draft.snapshot();
  }

  @Test
  void everySettingIsExplained() {
    String help = SettingsHelp.all();
    for (var setting : SettingsTree.all()) {
      assertTrue(help.contains(setting.sentence()), setting.name());
      assertTrue(setting.sentence().endsWith("."), setting.name());
    }
    assertEquals(7, List.of(SettingsHelp.mostUsed().split("default ")).size() - 1);
  }

  private static RunCommand assertNotNullCommand(RunCommand command) {
    assertNotNull(command);
    return command;
  }
}
