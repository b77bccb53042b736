package net.khttpd.real;

/// Us in front of a real Jetty: its asynchronous API, events, uploads, ForwardedRequestCustomizer.
final class JettyTest extends ApplicationTest {
  @Override
  Application application() throws Exception {
    return new JettyServer();
  }
}
