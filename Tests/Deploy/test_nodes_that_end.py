"""What clients notice of nodes that drain, die, or are not ready: nothing, but that a WebSocket ends."""
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import threading

import pytest

from support.load import Load
from support.login import start
from support.node import POSTGRES
from support.whatsapp import signed

READ = ("GET", "/healthz")
# No node knows the token; a node's answer is what counts.
POST = ("POST", "/api/auth/refresh", {"refreshToken": "nobody's"})
WEBHOOK = ("POST", "/api/webhook", *signed(b'{"unknown":"shape"}'))


def test_a_rolling_restart_loses_no_request(cluster):
    balancer = cluster.balancer
    with Load(balancer.https, READ, POST, WEBHOOK) as load:
        for index, node in enumerate(cluster.nodes):
            balancer.take_out(index)
            node.stop()
            load.goes_on()
            node.start()
            balancer.bring_back(index)
            load.goes_on()
    assert load.lost == []


def test_a_node_that_drains_unannounced_loses_nothing_that_may_be_asked_again(cluster):
    with Load(cluster.balancer.https, READ, WEBHOOK) as load:
        for node in cluster.nodes[:2]:
            node.stop()
            load.goes_on()
        for node in cluster.nodes[:2]:
            node.start()
        load.goes_on()
    assert load.lost == []


def test_a_node_that_dies_loses_nothing_that_may_be_asked_again(cluster):
    with Load(cluster.balancer.https, READ, WEBHOOK) as load:
        cluster.nodes[0].kill()
        load.goes_on()
        cluster.nodes[2].kill()
        load.goes_on()
    assert load.lost == []


@pytest.mark.parametrize("request_", [READ, POST, WEBHOOK], ids=["read", "post", "webhook"])
def test_a_node_that_is_dead_costs_no_request(cluster, request_):
    cluster.nodes[1].kill()
    replies = [cluster.balancer.https.request(*request_) for _ in range(12)]
    assert {reply.status for reply in replies} == {200 if request_ != POST else 401}


def test_a_node_that_comes_back_is_used_again(cluster):
    node = cluster.nodes[1]
    node.kill()
    cluster.balancer.notices(1)
    for _ in range(9):
        assert cluster.balancer.https.get("/healthz").status == 200
    node.start()
    names = ("node2", node.address)
    for _ in range(2000):
        reply = cluster.balancer.https.get("/healthz")
        if cluster.balancer.logged(reply.headers["X-Request-Id"])["node"] in names:
            return
    raise AssertionError("the node that came back got no request")


def test_a_page_that_waits_at_a_node_that_drains_goes_to_another(cluster):
    session, waiting = wait_anywhere(cluster)
    with waiting:
        assert waiting.event()["event"] == "pending"
        index = holder(cluster, waiting)
        cluster.nodes[index].drain()
        opcode, data = waiting.frame()
        while opcode == 0x1:  # how far the message has come
            opcode, data = waiting.frame()
        assert (opcode, data) == (0x8, (1001).to_bytes(2, "big"))
        with cluster.balancer.https.wait(session) as again:
            # Another node has the handshake; with a database of its own it does not know the login.
            assert again.status == (101 if POSTGRES else 404)
    cluster.nodes[index].ended()


def test_a_page_that_waits_at_a_node_that_dies_is_told_so(cluster):
    session, waiting = wait_anywhere(cluster)
    with waiting:
        assert waiting.event()["event"] == "pending"
        cluster.nodes[holder(cluster, waiting)].kill()
        opcode, data = waiting.frame()
        while opcode == 0x1:
            opcode, data = waiting.frame()
        assert opcode is None
        with cluster.balancer.https.wait(session) as again:
            assert again.status == (101 if POSTGRES else 404)


def wait_anywhere(cluster):
    """A login, and its WebSocket at whichever node knows it."""
    session = start(cluster.balancer.https)
    for _ in range(9):
        socket = cluster.balancer.https.wait(session)
        if socket.status == 101:
            return session, socket
        socket.__exit__()
    raise AssertionError("no node knows the login")


def holder(cluster, waiting):
    """The node at which a page waits: the one that has a WebSocket."""
    return next(index for index, node in enumerate(cluster.nodes) if node.waiting_pages() == 1)


class Faulty(BaseHTTPRequestHandler):
    """In the place of a node: one whose database is away, or one that dies with each request that it has read."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(self.path)
        self.close_connection = True
        if self.server.dies and self.path != "/readyz":
            return
        self.send_response(200 if self.server.dies else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = answer

    def log_message(self, *arguments):
        pass


@pytest.fixture
def faulty():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Faulty)
    server.daemon_threads = True
    server.asked, server.dies = [], False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def faulty_edge(kind, start_edge, faulty):
    """A balancer before a node and the faulty one."""
    edge = start_edge(kind, 1, others=[f"127.0.0.1:{faulty.server_port}"])
    yield edge
    edge.end()


@pytest.mark.parametrize("request_", [READ, WEBHOOK], ids=["read", "webhook"])
def test_what_changes_nothing_is_asked_again_when_the_reply_is_lost(faulty_edge, faulty, request_):
    faulty.dies = True
    for _ in range(2 * len(faulty_edge.balancer.addresses)):
        assert faulty_edge.balancer.https.request(*request_).status == 200
    assert request_[1] in faulty.asked


def test_a_webhook_that_comes_in_pieces_is_asked_again_as_a_whole(faulty_edge, faulty):
    faulty.dies = True
    _, path, body, headers = WEBHOOK
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    for _ in range(2 * len(faulty_edge.balancer.addresses)):
        with faulty_edge.balancer.https.connect() as connection:
            connection.sendall(f"POST {path} HTTP/1.1\r\nHost: login.example.com\r\n{fields}"
                               f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode())
            for byte in body:
                connection.sendall(bytes([byte]))
            assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert path in faulty.asked


@pytest.mark.parametrize("path", ["/api/auth/initiate", "/api/auth/refresh", "/api/auth/claim"])
def test_what_may_have_been_done_is_not_asked_again(faulty_edge, faulty, path):
    faulty.dies = True
    replies = []
    while path not in faulty.asked:
        replies.append(faulty_edge.balancer.https.post(path, {}))
        assert len(replies) < 9
    assert [reply.status for reply in replies[:-1] if reply.status >= 500] == []
    replies[-1].is_error(503, "SERVICE_UNAVAILABLE")
    assert faulty.asked.count(path) == 1


def test_a_node_that_is_not_ready_is_not_asked(faulty_edge, faulty):
    balancer = faulty_edge.balancer
    balancer.notices(1)
    for _ in range(12):
        assert balancer.https.get("/healthz").status == 200
    asked = len(faulty.asked)
    assert asked
    for _ in range(12):
        assert balancer.https.get("/healthz").status == 200
    assert "/healthz" not in faulty.asked[asked:]


def test_without_any_node_the_reply_says_so_in_the_envelope(cluster):
    for node in cluster.nodes:
        node.kill()
    for request in (READ, POST, WEBHOOK, ("GET", "/api/auth/ws?sessionId=somebody's")):
        cluster.balancer.https.request(*request).is_error(503, "SERVICE_UNAVAILABLE")
