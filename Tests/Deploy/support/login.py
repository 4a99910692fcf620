"""A login from the number to the tokens, as a page and a phone do it."""
import random


def new_number():
    """A phone number that no other test has, nor another run on the same database."""
    return f"+1{random.randrange(10**9, 10**10)}"


def start(client, number=None):
    """Starts a login; its session id."""
    reply = client.post("/api/auth/initiate", {"phoneNumber": number or new_number()})
    assert reply.status == 200, reply.body
    return reply.json["data"]["sessionId"]


def sign_in(edge, client=None):
    """A whole login over a WebSocket; the tokens."""
    client = client or edge.balancer.https
    number = new_number()
    with client.wait(start(client, number)) as socket:
        assert socket.status == 101
        assert socket.event()["event"] == "pending"
        body, headers = edge.whatsapp.confirmation(number)
        # WhatsApp comes from elsewhere.
        assert edge.balancer.https.at("127.0.0.9").post("/api/webhook", body, headers).status == 200
        event = socket.event()
        while event["event"] == "delivery":
            event = socket.event()
        assert event["event"] == "auth_success", event
        socket.send(b'{"event":"ack"}')
        assert socket.frame() == (0x8, (1000).to_bytes(2, "big"))
    return event["data"]
