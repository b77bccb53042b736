package net.khttpd.real;

/// Us in front of a real Tomcat: asynchronous servlets, events, uploads, RemoteIpValve.
final class TomcatTest extends ApplicationTest {
  @Override
  Application application() throws Exception {
    return new TomcatServer(site.outside());
  }
}
