"""A business that talks to the simulated WhatsApp through pywa, a client that others wrote.

Prints the URL that takes webhooks, reads the simulator's port from standard input, sends and receives,
and ends with status 0 if pywa understood everything and it was what was expected.
"""

import faulthandler
import json
import logging
import queue
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
from pywa import WhatsApp, errors, types
from pywa.types.templates import BodyText, QuickReplyButton, TemplateLanguage

PHONE = "16505550142"
TOKEN, SECRET, NUMBER_ID = sys.argv[1:4]

faulthandler.dump_traceback_later(60, exit=True)
updates = queue.Queue()
refused = []


class PywaErrors(logging.Handler):
    """pywa logs what it cannot read, and goes on; here that is a failure."""

    def emit(self, record):
        updates.put(AssertionError(self.format(record)))


logging.getLogger("pywa").addHandler(PywaErrors(level=logging.ERROR))


def business(secret):
    session = httpx.Client(trust_env=False)
    client = WhatsApp(NUMBER_ID, TOKEN, session=session, app_secret=secret, verify_token="unused")
    return client, session


wa, session = business(SECRET)
other, _ = business("another-secret")


@wa.on_message()
@wa.on_callback_button()
@wa.on_callback_selection()
@wa.on_message_status()
@wa.on_phone_number_change()
def receive(_, update):
    updates.put(update)


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signature = self.headers["X-Hub-Signature-256"]
        refused.append(other.webhook_update_validator(body, signature))
        text, status = wa.webhook_update_validator(body, signature) or wa.webhook_update_handler(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())
        if status != 200:
            updates.put(AssertionError(f"pywa answered {status} {text}"))

    def log_message(self, *arguments):
        pass


def next_update(kind):
    update = updates.get(timeout=30)
    if isinstance(update, Exception):
        raise update
    assert isinstance(update, kind), update
    assert update.from_user is None or update.from_user.wa_id in (PHONE, None), update
    return update


def next_statuses(message, *expected, tracker=None):
    statuses = [next_update(types.MessageStatus) for _ in expected]
    assert [str(status.status.value) for status in statuses] == list(expected), statuses
    assert all(status.id == message.id for status in statuses), statuses
    assert all(status.tracker == tracker for status in statuses), statuses
    return statuses


def simulator(method, path, body=None):
    request = urllib.request.Request(f"{phone_url}/simulator/{path}", method=method)
    request.data = None if body is None else json.dumps(body).encode()
    request.add_header("Content-Type", "application/json")
    with opener.open(request, timeout=30) as reply:
        return json.load(reply)


def phone(action, **fields):
    simulator("POST", action, {"phone": PHONE, **fields})


def refuses(kind, send, faults=None):
    simulator("PUT", "faults", faults or {})
    try:
        send()
    except errors.WhatsAppError as error:
        assert isinstance(error, kind), repr(error)
        return error
    finally:
        simulator("DELETE", "faults")
    raise AssertionError("pywa saw no error")


def check_texts():
    sent = wa.send_message("+" + PHONE, "Hä / 😀", tracker="login-1")
    assert sent.chat.id == PHONE, sent
    first, _ = next_statuses(sent, "sent", "delivered", tracker="login-1")
    assert first.pricing.category.value == "service", first
    assert first.from_user.bsuid == "US." + PHONE[::-1], first
    phone("read")
    next_statuses(sent, "read", tracker="login-1")

    phone("text", text="Hä / 😀")
    message = next_update(types.Message)
    assert message.text == "Hä / 😀" and message.from_user.name == "Simulated Phone", message
    phone("text", text="Yes", quotedId=sent.id)
    assert next_update(types.Message).reply_to_message.id == sent.id
    phone("text", text="Look", forwarded=True)
    assert next_update(types.Message).forwarded
    phone("react", messageId=sent.id, emoji="👍")
    message = next_update(types.Message)
    assert message.reaction.emoji == "👍" and message.reaction.message_id == sent.id, message
    phone("image", caption="Me")
    message = next_update(types.Message)
    assert message.image.mime_type == "image/jpeg" and message.caption == "Me", message


def check_buttons():
    buttons = [types.Button("Confirm", "yes-1"), types.Button("Deny", "no-1")]
    sent = wa.send_message("+" + PHONE, "Sign in?", header="Login", footer="Bye", buttons=buttons)
    next_statuses(sent, "sent", "delivered")
    phone("tap", messageId=sent.id, buttonId="yes-1")
    tap = next_update(types.CallbackButton)
    assert (tap.data, tap.title, tap.is_quick_reply) == ("yes-1", "Confirm", False), tap
    assert tap.reply_to_message.id == sent.id, tap
    phone("choose", messageId=sent.id, rowId="row-1", title="Row", description="First")
    choice = next_update(types.CallbackSelection)
    assert (choice.data, choice.title, choice.description) == ("row-1", "Row", "First"), choice


def send_template(*texts, tracker=None):
    return wa.send_template(
        "+" + PHONE,
        "login_confirm",
        TemplateLanguage.ENGLISH_US,
        [
            BodyText.params(*texts),
            QuickReplyButton.params(callback_data="yes-2", index=0),
            QuickReplyButton.params(callback_data="no-2", index=1),
        ],
        tracker=tracker,
    )


def check_templates():
    texts = ("Acme", "Firefox on Linux", "09:30 UTC")
    for omits_context, button in ((False, ("yes-2", "Confirm")), (True, ("no-2", "Deny"))):
        simulator("PUT", "faults", {"omitsContext": omits_context, "window": "closed"})
        sent = send_template(*texts, tracker="login-2")
        first, _ = next_statuses(sent, "sent", "delivered", tracker="login-2")
        assert first.pricing.category.value == "utility", first
        phone("tap", messageId=sent.id, buttonId=button[0])
        tap = next_update(types.CallbackButton)
        assert (tap.data, tap.title) == button and tap.is_quick_reply, tap
        assert (tap.reply_to_message is None) == omits_context, tap
    simulator("DELETE", "faults")
    refuses(errors.TemplateParamCountMismatch, lambda: send_template("Acme"))
    refuses(errors.TemplateNotExists, lambda: wa.send_template("+" + PHONE, "x", TemplateLanguage.GERMAN))


def check_faults():
    def send():
        wa.send_message("+" + PHONE, "Hello")

    simulator("PUT", "faults", {"send": {"answer": "failure", "code": 131026}})
    sent = wa.send_message("+" + PHONE, "Hello", tracker="login-3")
    (failed,) = next_statuses(sent, "failed", tracker="login-3")
    assert failed.error.code == 131026 and failed.error.details and failed.error.href, failed
    assert isinstance(failed.error, errors.MessageUndeliverable), failed

    refuses(errors.ReEngagementMessage, send, {"window": "closed"})
    limit = {"answer": "error", "code": 130429, "retryAfter": 7}
    error = refuses(errors.RateLimitHit, send, {"send": limit})
    assert error.status_code == 429 and error.fbtrace_id and error.details, error
    assert error.raw_response.headers["Retry-After"] == "7", error
    error = refuses(errors.WhatsAppError, send, {"send": {"answer": "page", "status": 503}})
    assert error.code == 503 and "<html>" in error.message, error

    simulator("PUT", "faults", {"copies": 2, "hidesNumber": True})
    phone("text", text="Twice")
    message = next_update(types.Message)
    assert message.from_user.wa_id is None and message.from_user.bsuid, message
    simulator("DELETE", "faults")
    # pywa drops the copy; the next update is this one.
    phone("change-number", newPhone="16505550143")
    change = next_update(types.PhoneNumberChange)
    assert (change.old_wa_id, change.new_wa_id) == (PHONE, "16505550143"), change


server = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"http://127.0.0.1:{server.server_port}/", flush=True)

phone_url = f"http://127.0.0.1:{int(sys.stdin.readline())}"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
session.base_url = f"{phone_url}/v26.0"
for check in (check_texts, check_buttons, check_templates, check_faults):
    check()
assert refused and all(answer == ("Forbidden", 403) for answer in refused), refused
