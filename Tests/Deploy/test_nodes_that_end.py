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


class Unready(BaseHTTPRequestHandler):
    """A node whose database is away."""

    def answer(self):
        self.server.asked.append(self.path)
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = answer

    def log_message(self, *arguments):
        pass


@pytest.fixture
def unready():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Unready)
    server.daemon_threads = True
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_node_that_is_not_ready_is_not_asked(kind, start_edge, unready):
    edge = start_edge(kind, 1, others=[f"127.0.0.1:{unready.server_port}"])
    try:
        edge.balancer.notices(1)
        for _ in range(12):
            assert edge.balancer.https.get("/healthz").status == 200
        asked = len(unready.asked)
        for _ in range(12):
            assert edge.balancer.https.get("/healthz").status == 200
        assert "/healthz" not in unready.asked[asked:]
        assert unready.asked
    finally:
        edge.end()


def test_without_any_node_the_reply_says_so_in_the_envelope(cluster):
    for node in cluster.nodes:
        node.kill()
    for request in (READ, POST, WEBHOOK, ("GET", "/api/auth/ws?sessionId=somebody's")):
        cluster.balancer.https.request(*request).is_error(503, "SERVICE_UNAVAILABLE")
