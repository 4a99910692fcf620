"""Requests pass as they are, and who asks is who asks."""
import re

import pytest

from support.balancer import NODES, DEPLOY, seconds
from support.client import Client, new_address
from support.login import new_number, sign_in, start
from support.whatsapp import VERIFY_TOKEN, signed


def test_the_program_itself_finds_no_fault_in_the_file(edge):
    status, words = edge.balancer.check()
    assert status == 0, words
    # Said by nginx 1.25.1 and newer, whose other way the one of Debian 12 does not know.
    words = re.sub(r".*\"listen ... http2\" directive is deprecated.*", "", words)
    assert not re.search(r"warn|alert|emerg", words, re.IGNORECASE), words


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize("path", ["/api/user/me", "/api/auth/claim", "/healthz", "/nothing?here=1", "/"])
def test_every_method_is_answered_as_the_node_answers_it(edge, outside, method, path):
    direct = node_of(edge)
    replies = [client.request(method, path, b"" if method in ("POST", "PUT", "PATCH") else None) for client in (direct, outside)]
    assert replies[0].status == replies[1].status
    assert replies[0].body == replies[1].body
    for name in ("Content-Type", "Cache-Control", "Allow", "ETag", "X-Content-Type-Options", "WWW-Authenticate", "Vary"):
        assert replies[0].headers[name] == replies[1].headers[name], name


def node_of(edge):
    """The node without a balancer before it."""
    host, port = edge.nodes[0].address.split(":")
    return Client(host, int(port))


def test_a_request_id_that_a_client_chose_is_kept(edge, outside):
    assert outside.get("/healthz", X_Request_Id="my-own.id_1").headers["X-Request-Id"] == "my-own.id_1"
    line = edge.balancer.logged("my-own.id_1")
    assert (line["method"], line["path"], line["status"]) == ("GET", "/healthz", 200)


@pytest.mark.parametrize("chosen", ["two words", "x" * 65, '"},{"'])
def test_a_request_id_that_is_none_is_replaced(edge, outside, chosen):
    given = outside.get("/healthz", X_Request_Id=chosen).headers["X-Request-Id"]
    assert given != chosen and edge.balancer.logged(given)["status"] == 200


def test_a_whole_login(edge, outside):
    tokens = sign_in(edge)
    me = outside.get("/api/user/me", Authorization=f"Bearer {tokens['accessToken']}")
    assert me.status == 200 and me.json["data"]["id"] == tokens["userId"]


def test_the_server_sees_the_address_of_the_client(edge, outside):
    address = new_address()
    assert devices(outside, sign_in(edge, outside.at(address))) == [address]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "x-forwarded-for", "Forwarded", "X-Real-IP"])
def test_an_address_that_a_client_makes_up_is_ignored(edge, outside, header):
    address = new_address()
    liar = outside.at(address, {header: "for=203.0.113.9" if header == "Forwarded" else "203.0.113.9"})
    assert devices(outside, sign_in(edge, liar)) == [address]


def test_an_address_that_is_made_up_behind_the_balancers_own_is_ignored(edge, outside):
    """From an address that the nodes trust, as a program on the balancer's machine has it."""
    trusted = outside.at("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"})
    assert devices(outside, sign_in(edge, trusted)) == ["127.0.0.1"]


def devices(client, tokens):
    reply = client.get("/api/user/me/devices", Authorization=f"Bearer {tokens['accessToken']}")
    return [device["ip"] for device in reply.json["data"]["devices"]]


def test_the_limit_of_an_address_is_each_clients_own(edge, outside):
    one, other = outside.at(new_address()), outside.at(new_address())
    for _ in range(60):
        start(one)
    one.post("/api/auth/initiate", {"phoneNumber": new_number()}).is_error(429, "RATE_LIMITED")
    start(other)


def test_the_node_trusts_the_balancer(outside):
    assert not [warning for warning in outside.get("/readyz").json["data"]["warnings"] if "TRUSTED_PROXIES" in warning]


def test_the_webhooks_challenge_passes(outside):
    reply = outside.get(f"/api/webhook?hub.mode=subscribe&hub.challenge=hello&hub.verify_token={VERIFY_TOKEN}")
    assert (reply.status, reply.body) == (200, b"hello")


@pytest.mark.parametrize("size, status", [(3 << 20, 200), ((3 << 20) + 1, 413), (5 << 20, 413)])
def test_webhooks_may_have_3_MiB(edge, outside, size, status):
    body, headers = signed(b'{"padding":"' + b"x" * (size - 14) + b'"}')
    assert len(body) == size
    reply = outside.post("/api/webhook", body, headers)
    assert reply.status == status, reply.body
    if status == 413:
        reply.is_error(413, "PAYLOAD_TOO_LARGE")
    if size < 4 << 20:
        assert edge.balancer.logged(reply.headers["X-Request-Id"])["node"] in ("node1", "node2", "node3", edge.nodes[0].address)


def test_other_bodies_may_have_64_KiB(outside):
    outside.post("/api/auth/refresh", {"refreshToken": "x" * (64 << 10)}).is_error(413, "PAYLOAD_TOO_LARGE")
    outside.post("/api/auth/refresh", {"refreshToken": "x" * (63 << 10)}).is_error(401, "INVALID_REFRESH_TOKEN")


def test_a_head_that_is_too_large_is_refused_in_the_envelope(outside):
    outside.get("/healthz", X_Large="x" * (17 << 10)).is_error(431, "REQUEST_HEADER_FIELDS_TOO_LARGE")
    outside.get("/" + "x" * 9000).is_error(414, "URI_TOO_LONG")


def test_a_head_that_is_too_large_for_the_balancer_is_refused(edge, outside):
    if edge.balancer.program == "haproxy":
        # Its own page: no setting changes what it says to what it cannot read (docs/load-balancer.md).
        assert outside.get("/healthz", X_Large="x" * 32_000).status == 400
    else:
        outside.get("/healthz", X_Large="x" * (33 << 10)).is_error(431, "REQUEST_HEADER_FIELDS_TOO_LARGE")
        outside.get("/" + "x" * (33 << 10)).is_error(414, "URI_TOO_LONG")


def test_a_request_that_is_none_is_refused_in_the_envelope(outside):
    outside.request("GET", "/healthz", headers={"Host": "a b"}).is_error(400, "BAD_REQUEST")


@pytest.mark.parametrize("path", ["/metrics", "/metrics?x=1", "/%6detrics", "//metrics", "/./metrics", "/x/../metrics", "/metrics/"])
def test_metrics_are_for_nobody_outside(outside, path):
    outside.get(path).is_error(404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/metrics", "/metrics?x=1", "/%6detrics"])
def test_no_node_is_asked_for_metrics(edge, outside, path):
    identifier = outside.get(path).headers["X-Request-Id"]
    assert edge.balancer.logged(identifier)["node"] in ("<NOSRV>", "-", "")


def test_browsers_are_sent_to_TLS(edge):
    for method in ("GET", "POST"):
        reply = edge.balancer.http.request(method, "/api/auth/ws?sessionId=abc", b"" if method == "POST" else None,
                                           {"Host": "evil.example.net"})
        assert reply.status == 308
        assert reply.headers["Location"] == "https://login.example.com/api/auth/ws?sessionId=abc"


def test_TLS_is_spoken_with_HTTP_2_where_the_client_can(outside):
    with outside.connect(["h2", "http/1.1"]) as connection:
        assert connection.selected_alpn_protocol() == "h2"
        assert connection.version() == "TLSv1.3"
    with outside.connect() as connection:
        assert connection.selected_alpn_protocol() == "http/1.1"
    assert outside.get("/healthz").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_what_waits_is_ended_later_than_the_server_pings(edge):
    text = (DEPLOY / edge.balancer.file).read_text()
    ping, message, body = 25, 15, 30
    if edge.balancer.program == "haproxy":
        assert seconds(text, "timeout tunnel") == [70]
        assert min(seconds(text, "timeout client")) > body and min(seconds(text, "timeout server")) > max(message, body)
    else:
        in_socket = text[text.index("location = /api/auth/ws"):].split("}")[0]
        assert seconds(in_socket, "proxy_read_timeout") == seconds(in_socket, "proxy_send_timeout") == [70]
        assert min(seconds(text, "client_body_timeout")) > body and min(seconds(text, "proxy_read_timeout")) > max(message, body)
    assert 70 > 2 * ping


def test_a_page_that_waits_can_ping(edge, outside):
    with outside.wait(start(outside)) as socket:
        assert socket.status == 101
        assert socket.event()["event"] == "pending"
        for number in range(3):
            socket.send(f"ping {number}".encode(), opcode=0x9)
            opcode, data = socket.frame()
            while opcode == 0x1:  # how far the message has come
                opcode, data = socket.frame()
            assert (opcode, data) == (0xA, f"ping {number}".encode())


def test_a_handshake_that_is_none_is_refused_as_by_the_node(outside):
    outside.get("/api/auth/ws").is_error(400, "MISSING_SESSION_ID")
    outside.get("/api/auth/ws?sessionId=abc").is_error(426, "UPGRADE_REQUIRED")
    with outside.wait("abc") as socket:
        assert socket.status == 404


def test_no_session_id_is_in_the_log(edge, outside):
    session = start(outside)
    with outside.wait(session) as socket:
        assert socket.status == 101
    reply = outside.get(f"/api/auth/ws?sessionId={session}", X_Request_Id="the-one-with-a-session")
    assert reply.status == 426
    assert edge.balancer.logged("the-one-with-a-session")["path"] == "/api/auth/ws"
    assert session not in edge.balancer.said()


def test_the_files_name_three_nodes():
    for file in ("haproxy.cfg", "nginx.conf"):
        text = (DEPLOY / file).read_text()
        assert all(text.count(f"server {node}") + text.count(f" {node}\n") == 1 for node in NODES)
