package net.khttpd.settings;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.khttpd.log.LogFormat;

/// An immutable snapshot of all settings. A request reads the snapshot of its loop once, at its
/// beginning; a change makes a new snapshot ([Draft]). Every accessor is a plain field read; what
/// each value means is said where the setting is declared ([SettingsTree], docs/settings.md).
public final class Settings {
  private final Map<Setting<?>, Object> values;
  private final int serverPort;
  private final ListenAddress address;
  private final int backlog;
  private final int threads;
  private final EngineChoice engine;
  private final boolean start;
  private final boolean stop;
  private final boolean unload;
  private final long drainMillis;
  private final MetricsAddress metricsAddress;
  private final boolean server;
  private final String documentRoot;
  private final List<String> index;
  private final int permRequired;
  private final int permForbid;
  private final List<String> dynamic;
  private final List<String> active;
  private final List<String> marker;
  private final List<String> hosts;
  private final QueryRule query;
  private final boolean passAuthorization;
  private final SymlinkKind symlinks;
  private final List<String> symlinkRoots;
  private final boolean sloppyMime;
  private final String defaultType;
  private final List<MediaTypeEntry> mime;
  private final String charset;
  private final AnswerSettings answers;
  private final int clientPort;
  private final List<BackendAddress> backend;
  private final long timeoutConnectMillis;
  private final long timeoutBackendMillis;
  private final long backendIdleMillis;
  private final int backendMaxconn;
  private final long backendQueueTimeoutMillis;
  private final boolean via;
  private final List<AddressRange> trust;
  private final int maxConnect;
  private final int maxConnectClient;
  private final int headMax;
  private final int headFields;
  private final int targetMax;
  private final long timeoutHeadMillis;
  private final long timeoutIdleMillis;
  private final long timeoutSendMillis;
  private final int sendRateMin;
  private final long cacheBytes;
  private final int cacheEntries;
  private final int sendfileMin;
  private final boolean logging;
  private final String accessLog;
  private final LogFormat accessLogFormat;
  private final List<BackendAddress> passOnTo;
  private final List<String> indexNames;

  Settings(Map<Setting<?>, Object> values) {
    this.values = Map.copyOf(values);
    serverPort = asInt(ServerSettings.SERVER_PORT);
    address = get(ServerSettings.ADDRESS);
    backlog = asInt(ServerSettings.BACKLOG);
    threads = asInt(ServerSettings.THREADS);
    engine = get(ServerSettings.ENGINE);
    start = get(ServerSettings.START);
    stop = get(ServerSettings.STOP);
    unload = get(ServerSettings.UNLOAD);
    drainMillis = get(ServerSettings.DRAIN);
    metricsAddress = get(ServerSettings.METRICS_ADDRESS);
    server = get(ServerSettings.SERVER);
    documentRoot = get(StaticSettings.DOCUMENT_ROOT);
    index = get(StaticSettings.INDEX);
    permRequired = asInt(StaticSettings.PERM_REQUIRED);
    permForbid = asInt(StaticSettings.PERM_FORBID);
    dynamic = get(StaticSettings.DYNAMIC);
    active = get(StaticSettings.ACTIVE);
    marker = get(StaticSettings.MARKER);
    hosts = get(StaticSettings.HOSTS);
    query = get(StaticSettings.QUERY);
    passAuthorization = get(StaticSettings.PASS_AUTHORIZATION);
    symlinks = get(StaticSettings.SYMLINKS);
    symlinkRoots = get(StaticSettings.SYMLINK_ROOTS);
    sloppyMime = get(StaticSettings.SLOPPY_MIME);
    defaultType = get(StaticSettings.DEFAULT_TYPE);
    mime = get(StaticSettings.MIME);
    charset = get(StaticSettings.CHARSET);
    answers = AnswerSettings.of(this);
    clientPort = asInt(BackendSettings.CLIENT_PORT);
    backend = get(BackendSettings.BACKEND);
    timeoutConnectMillis = get(BackendSettings.TIMEOUT_CONNECT);
    timeoutBackendMillis = get(BackendSettings.TIMEOUT_BACKEND);
    backendIdleMillis = get(BackendSettings.BACKEND_IDLE);
    backendMaxconn = asInt(BackendSettings.BACKEND_MAXCONN);
    backendQueueTimeoutMillis = get(BackendSettings.BACKEND_QUEUE_TIMEOUT);
    via = get(BackendSettings.VIA);
    trust = get(BackendSettings.TRUST);
    maxConnect = asInt(LimitSettings.MAX_CONNECT);
    maxConnectClient = asInt(LimitSettings.MAX_CONNECT_CLIENT);
    headMax = asInt(LimitSettings.HEAD_MAX);
    headFields = asInt(LimitSettings.HEAD_FIELDS);
    targetMax = asInt(LimitSettings.TARGET_MAX);
    timeoutHeadMillis = get(LimitSettings.TIMEOUT_HEAD);
    timeoutIdleMillis = get(LimitSettings.TIMEOUT_IDLE);
    timeoutSendMillis = get(LimitSettings.TIMEOUT_SEND);
    sendRateMin = asInt(LimitSettings.SEND_RATE_MIN);
    cacheBytes = get(LimitSettings.CACHE_BYTES);
    cacheEntries = asInt(LimitSettings.CACHE_ENTRIES);
    sendfileMin = asInt(LimitSettings.SENDFILE_MIN);
    logging = get(LogSettings.LOGGING);
    accessLog = get(LogSettings.ACCESS_LOG);
    accessLogFormat = get(LogSettings.ACCESS_LOG_FORMAT);
    passOnTo = findPassOnTo();
    indexNames = findIndexNames();
  }

  /// Every default, nothing else.
  public static Settings defaults() {
    return Draft.ofDefaults().snapshot();
  }

  /// The value of a setting; for listings, not for the way of a request.
  @SuppressWarnings("unchecked") // Draft puts only values of the setting's kind
  public <T> T get(Setting<T> setting) {
    return (T) Objects.requireNonNull(values.get(setting), setting.name());
  }

  private int asInt(Setting<Long> setting) {
    return Math.toIntExact(get(setting));
  }

  /// A copy of the values for a draft.
  Map<Setting<?>, Object> values() {
    return new HashMap<>(values);
  }

  /// Whether anything can be passed on: clientport is set or backend names one.
  public boolean hasBackend() {
    return clientPort != 0 || !backend.isEmpty();
  }

  /// Whether the same files are found, judged and kept in the same way: then what is remembered of
  /// them holds for the other snapshot, too.
  public boolean treatsFilesAs(Settings other) {
    return hasBackend() == other.hasBackend()
        && cacheBytes == other.cacheBytes
        && cacheEntries == other.cacheEntries
        && sendfileMin == other.sendfileMin
        && StaticSettings.ALL.stream().allMatch(each -> get(each).equals(other.get(each)));
  }

  /// Whom to pass on to, in turn: clientport's backend on 127.0.0.1, then those of backend.
  public List<BackendAddress> passOnTo() {
    return passOnTo;
  }

  /// The names to try for a directory, in order: `index` with its entry auto resolved.
  public List<String> indexNames() {
    return indexNames;
  }

  public int serverPort() {
    return serverPort;
  }

  public ListenAddress address() {
    return address;
  }

  public int backlog() {
    return backlog;
  }

  public int threads() {
    return threads;
  }

  public EngineChoice engine() {
    return engine;
  }

  public boolean start() {
    return start;
  }

  public boolean stop() {
    return stop;
  }

  public boolean unload() {
    return unload;
  }

  public long drainMillis() {
    return drainMillis;
  }

  public MetricsAddress metricsAddress() {
    return metricsAddress;
  }

  public boolean server() {
    return server;
  }

  public String documentRoot() {
    return documentRoot;
  }

  public List<String> index() {
    return index;
  }

  public int permRequired() {
    return permRequired;
  }

  public int permForbid() {
    return permForbid;
  }

  public List<String> dynamic() {
    return dynamic;
  }

  public List<String> active() {
    return active;
  }

  public List<String> marker() {
    return marker;
  }

  public List<String> hosts() {
    return hosts;
  }

  public QueryRule query() {
    return query;
  }

  public boolean passAuthorization() {
    return passAuthorization;
  }

  public SymlinkKind symlinks() {
    return symlinks;
  }

  public List<String> symlinkRoots() {
    return symlinkRoots;
  }

  public boolean sloppyMime() {
    return sloppyMime;
  }

  public String defaultType() {
    return defaultType;
  }

  public List<MediaTypeEntry> mime() {
    return mime;
  }

  public String charset() {
    return charset;
  }

  /// What a file's answers tell beside its content: ETag, variants, further fields.
  public AnswerSettings answers() {
    return answers;
  }

  public int clientPort() {
    return clientPort;
  }

  public List<BackendAddress> backend() {
    return backend;
  }

  public long timeoutConnectMillis() {
    return timeoutConnectMillis;
  }

  public long timeoutBackendMillis() {
    return timeoutBackendMillis;
  }

  public long backendIdleMillis() {
    return backendIdleMillis;
  }

  public int backendMaxconn() {
    return backendMaxconn;
  }

  public long backendQueueTimeoutMillis() {
    return backendQueueTimeoutMillis;
  }

  public boolean via() {
    return via;
  }

  public List<AddressRange> trust() {
    return trust;
  }

  public int maxConnect() {
    return maxConnect;
  }

  public int maxConnectClient() {
    return maxConnectClient;
  }

  public int headMax() {
    return headMax;
  }

  public int headFields() {
    return headFields;
  }

  public int targetMax() {
    return targetMax;
  }

  public long timeoutHeadMillis() {
    return timeoutHeadMillis;
  }

  public long timeoutIdleMillis() {
    return timeoutIdleMillis;
  }

  public long timeoutSendMillis() {
    return timeoutSendMillis;
  }

  public int sendRateMin() {
    return sendRateMin;
  }

  public long cacheBytes() {
    return cacheBytes;
  }

  public int cacheEntries() {
    return cacheEntries;
  }

  public int sendfileMin() {
    return sendfileMin;
  }

  public boolean logging() {
    return logging;
  }

  public String accessLog() {
    return accessLog;
  }

  public LogFormat accessLogFormat() {
    return accessLogFormat;
  }

  private List<BackendAddress> findPassOnTo() {
    var all = new LinkedHashSet<BackendAddress>();
    if (clientPort != 0) {
      all.add(new BackendAddress.Tcp("127.0.0.1", clientPort));
    }
    all.addAll(backend);
    return List.copyOf(all);
  }

  private List<String> findIndexNames() {
    var names = new LinkedHashSet<String>();
    for (String name : index) {
      if (!name.equals(StaticSettings.AUTO_INDEX)) {
        names.add(name);
      } else if (!hasBackend()) {
        names.add("index.html");
      }
    }
    return List.copyOf(names);
  }
}
