"""The rows of design.md's table of targets: who takes part, the load, and what is to be reached.

Ratios are peer ÷ us, so larger is better; the special rows have figures of their own, where
smaller is better.
"""

from dataclasses import dataclass, replace

from .contestants import floor, khttpd, relay_floor, relay_peer, static_peer

# name in the document root -> size
FILES = {
    "1k.html": 1024,
    "8k.html": 8 * 1024,
    "10k.html": 10 * 1024,
    "100k.html": 100 * 1024,
    "1m.html": 1024 * 1024,
    "100m.html": 100 * 1024 * 1024,
    "1g.html": 1024 * 1024 * 1024,
    "part.html": 48 * 1024,
    "known.html": 10 * 1024,
    "variant.html": 40 * 1024,
    "variant.html.br": 10 * 1024,
    "variant.html.gz": 10 * 1024,
}

# The same names as the C floors have them, which know a 200 only: of the length of the 206, 304 or
# variant.
PARTS = {"part.html": 10 * 1024, "1m.html": 10 * 1024, "known.html": 0, "variant.html": 10 * 1024}

# What every file was last modified at, and the client says so.
MODIFIED = 1709210096
SINCE = "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT"

# What browsers send with every request.
ACCEPTED = "Accept-Encoding: gzip, deflate, br, zstd"

PAGE = """<html><head><title>now</title></head><body>
<p>It is <!--#echo var="DATE_GMT" --> on <!--#echo var="SERVER_NAME" -->.</p>
</body></html>
"""


@dataclass(frozen=True)
class Comparison:
    """us: contestant whose cost divides; against: `best peer` or a contestant; None: only shown."""

    us: str
    against: str
    at_least: float | None = None
    moonshot: float | None = None


@dataclass(frozen=True)
class Row:
    """One kind of work. `targets` are arguments of bin/load: TARGET:SIZE:WEIGHT."""

    key: str
    title: str
    targets: tuple
    contestants: tuple
    comparisons: tuple
    connections: int = 64
    connection_per_request: bool = False
    rate: int = 0  # requests a second offered to all alike; 0: as many as the server takes
    fields: tuple = ()  # further lines of each request
    status: int = 200  # of its answer
    body: int | None = None  # length of each request's body: it is a POST
    message: int = 0  # bytes of a WebSocket message that has to come back, instead of a request
    spin: bool = True  # whether the load has its core to itself, and may keep it busy
    control: tuple = ("C floor", "control")

    def with_contestants(self, contestants):
        return replace(self, contestants=contestants)

    def steps(self, rounds):
        """Steps of the progress bar."""
        return rounds * len(self.contestants)

    def at_rate(self, rate):
        """The same work at an equal offered rate. Its ratios are shown, not judged."""
        shown = tuple(replace(c, at_least=None, moonshot=None) for c in self.comparisons)
        return replace(
            self,
            key=f"{self.key}@{rate}",
            title=f"{self.title}, {rate:,} a second offered",
            rate=rate,
            comparisons=shown,
        )


def _stream(key, title, answer, connections, **work):
    """Passing on what is more than a small answer. Judged against HAProxy, whose copy is the control."""
    peer, conf = ("HAProxy", "HAProxy again"), "haproxy-stream.conf"
    return Row(
        key,
        title,
        (f"/page?x=1:{answer}",),
        (khttpd("io_uring", answer), khttpd("epoll", answer))
        + tuple(
            relay_peer(name, conf, "haproxy", group, answer)
            for name, group in zip(peer, ("peer", "control"))
        )
        + (relay_peer("nginx", "nginx-stream.conf", "nginx", answer=answer),),
        (
            Comparison(RING, "HAProxy", 1.0, 1.2),
            Comparison(EPOLL, "HAProxy"),
            Comparison(RING, "nginx"),
            Comparison(EPOLL, "nginx"),
        ),
        connections,
        spin=False,
        control=peer,
        **work,
    )


RING, EPOLL = "kHTTPd ring", "kHTTPd epoll"
US = (khttpd("io_uring"), khttpd("epoll"))

SMALL_PEERS = (
    static_peer("nginx", "nginx-small.conf", "nginx"),
    static_peer("h2o", "h2o-static.conf", "h2o"),
    static_peer("lighttpd", "lighttpd-small.conf", "lighttpd"),
)
# Those that know files compressed beforehand: nginx sends .gz, h2o .br; both are of one length here.
VARIANT_PEERS = (
    static_peer("nginx", "nginx-variants.conf", "nginx"),
    static_peer("h2o", "h2o-variants.conf", "h2o"),
)
LARGE_PEERS = (
    static_peer("nginx", "nginx-large.conf", "nginx"),
    static_peer("h2o", "h2o-static.conf", "h2o"),
    static_peer("lighttpd", "lighttpd-large.conf", "lighttpd"),
)
APACHE = static_peer("Apache", "apache-event.conf", "apache2")
APACHE_WORKER = static_peer("Apache worker", "apache-worker.conf", "apache2")


def _floors(program, *arguments, root="root"):
    return (
        floor("C floor", "floor", program, *arguments, root=root),
        floor("control", "control", program, *arguments, root=root),
    )


STATIC_FLOORS = _floors("floor_static")
SENDFILE_FLOORS = _floors("floor_sendfile")
PART_FLOORS = _floors("floor_static", root="parts")
CLOSE_FLOORS = _floors("floor_static", "close")
RELAYS = (khttpd("io_uring", "fixed"), khttpd("epoll", "fixed")) + (
    relay_peer("HAProxy", "haproxy.conf", "haproxy"),
    relay_peer("nginx", "nginx-passon.conf", "nginx"),
    relay_peer("h2o", "h2o-passon.conf", "h2o"),
)
RELAY_FLOORS = (relay_floor("C floor", "floor"), relay_floor("control", "control"))


def _large(key, title, name, connections):
    return Row(
        key,
        title,
        (f"/{name}:{FILES[name]}",),
        US + LARGE_PEERS + SENDFILE_FLOORS,
        (
            Comparison(RING, "best peer", 1.1, 1.5),
            Comparison(EPOLL, "best peer"),
            Comparison(RING, "C floor", 0.85, 1.0),
            Comparison(EPOLL, "C floor"),
        ),
        connections,
    )


ROWS = (
    Row(
        "keepalive-1k",
        "1 KiB keep-alive (64)",
        ("/1k.html:1024",),
        US + SMALL_PEERS + STATIC_FLOORS,
        (
            Comparison(RING, "best peer", 1.15, 1.35),
            Comparison(EPOLL, "best peer", 1.05, 1.2),
            Comparison(RING, "C floor", 0.9, 1.05),
            Comparison(EPOLL, "C floor", 0.85, 1.0),
        ),
    ),
    Row(
        "keepalive-10k",
        "10 KiB keep-alive (64)",
        ("/10k.html:10240",),
        US + SMALL_PEERS + (static_peer("nginx sendfile", "nginx-large.conf", "nginx"),) + STATIC_FLOORS,
        (
            Comparison(RING, "best peer", 1.2, 1.35),
            Comparison(EPOLL, "best peer"),
            Comparison(RING, "C floor"),
        ),
    ),
    Row(
        "keepalive-100k",
        "100 KiB keep-alive (64)",
        ("/100k.html:102400",),
        US + LARGE_PEERS + SENDFILE_FLOORS,
        (
            Comparison(RING, "best peer", 0.97, 1.1),
            Comparison(EPOLL, "best peer"),
            Comparison(RING, "C floor"),
        ),
    ),
    Row(
        "conditional-10k",
        "304 for a file of 10 KiB; the floor: 200 without a body (64)",
        ("/known.html:0",),
        US + SMALL_PEERS + PART_FLOORS,
        (
            Comparison(RING, "best peer"),
            Comparison(EPOLL, "best peer"),
            Comparison(RING, "C floor"),
        ),
        fields=(SINCE,),
        status=304,
    ),
    Row(
        "range-10k",
        "206 with 10 KiB of 48 KiB; the floor: 200 of 10 KiB (64)",
        ("/part.html:10240",),
        US + SMALL_PEERS + PART_FLOORS,
        (
            Comparison(RING, "best peer"),
            Comparison(EPOLL, "best peer"),
            Comparison(RING, "C floor"),
        ),
        fields=("Range: bytes=20480-30719",),
        status=206,
    ),
    Row(
        "range-10k-of-1m",
        "206 with 10 KiB of 1 MiB; the floor: 200 of 10 KiB (64)",
        ("/1m.html:10240",),
        US + LARGE_PEERS + PART_FLOORS,
        (
            Comparison(RING, "best peer"),
            Comparison(EPOLL, "best peer"),
            Comparison(RING, "C floor"),
        ),
        fields=("Range: bytes=524288-534527",),
        status=206,
    ),
    Row(
        "variant-10k",
        "a variant of 10 KiB beside 40 KiB, asked for as by browsers; the floor: 10 KiB (64)",
        ("/variant.html:10240",),
        US + VARIANT_PEERS + PART_FLOORS,
        (
            Comparison(RING, "best peer"),
            Comparison(EPOLL, "best peer"),
            Comparison(RING, "C floor"),
        ),
        fields=(ACCEPTED,),
    ),
    _large("file-1m", "1 MiB (16)", "1m.html", 16),
    _large("file-100m", "100 MiB (4)", "100m.html", 4),
    Row(
        "connection-1k",
        "a connection per request, 1 KiB (64)",
        ("/1k.html:1024",),
        US + SMALL_PEERS + CLOSE_FLOORS,
        (
            Comparison(RING, "best peer", 1.0, 1.15),
            Comparison(EPOLL, "best peer"),
            Comparison(RING, "C floor"),
        ),
        connection_per_request=True,
    ),
    Row(
        "passon-1k",
        "passing on, 1 KiB answers (64)",
        ("/page?x=1:1024",),
        RELAYS + RELAY_FLOORS,
        (
            Comparison(RING, "HAProxy", 1.0, 1.2),
            Comparison(EPOLL, "HAProxy"),
            Comparison(RING, "best peer"),
            Comparison(RING, "C floor"),
        ),
        spin=False,
    ),
    _stream("passon-100k", "passing on, 100 KiB answers (64)", 100 * 1024, 64),
    _stream("passon-100m", "passing on, 100 MiB answers (4)", 100 * 1024 * 1024, 4),
    _stream("upload-1m", "passing on, uploads of 1 MiB (16)", 0, 16, body=1024 * 1024),
    _stream("websocket", "WebSocket messages of 125 bytes, echoed (64)", 0, 64, message=125),
    Row(
        "apache-8k",
        "8 KiB keep-alive (64)",
        ("/8k.html:8192",),
        US + (APACHE,) + STATIC_FLOORS,
        (Comparison(RING, "Apache", 5, 7), Comparison(EPOLL, "Apache")),
    ),
    Row(
        "mix",
        "mix, 80 % static 8 KiB, 20 % server-side includes (64)",
        ("/8k.html:8192:4", "/page.shtml::1"),
        (khttpd("io_uring", "apache"), khttpd("epoll", "apache"), APACHE, APACHE_WORKER)
        + STATIC_FLOORS,
        (
            Comparison(f"{RING} + Apache", "Apache", 2, 3),
            Comparison(f"{EPOLL} + Apache", "Apache"),
            Comparison(f"{RING} + Apache", "Apache worker"),
        ),
    ),
)

# Rows taken again at an equal offered rate, below what every contestant can do.
RATES = {"keepalive-1k": 20000, "passon-1k": 10000}
