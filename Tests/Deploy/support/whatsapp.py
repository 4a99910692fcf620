"""Meta's Cloud API as far as a login needs it: takes messages, and signs webhooks."""
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NUMBER_ID = "106540352242922"
APP_SECRET = "the-app-secret-of-the-tests"
VERIFY_TOKEN = "the-verify-token-of-the-tests"


class WhatsApp:
    """Listens on a port of loopback's; `url` is what OTPLESS_WHATSAPP_BASE_URL is."""

    def __init__(self):
        self._messages = {}
        self._came = threading.Condition()
        whatsapp = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                reply = json.dumps(whatsapp._take(message)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _take(self, message):
        with self._came:
            phone = message["to"].lstrip("+")
            identifier = f"wamid.{phone}.{time.monotonic_ns()}"
            self._messages[phone] = (identifier, message)
            self._came.notify_all()
        return {"messaging_product": "whatsapp", "contacts": [{"input": message["to"], "wa_id": phone}],
                "messages": [{"id": identifier}]}

    def confirmation(self, number):
        """The webhook, as body and headers, of a tap on Confirm in the message that came to a number."""
        phone = number.lstrip("+")
        with self._came:
            assert self._came.wait_for(lambda: phone in self._messages, timeout=20), f"no message came to {number}"
            identifier, message = self._messages.pop(phone)
        button = message["interactive"]["action"]["buttons"][0]["reply"]
        return webhook({"messages": [{
            "from": phone, "id": f"{identifier}.tap", "timestamp": str(int(time.time())), "type": "interactive",
            "context": {"id": identifier}, "interactive": {"type": "button_reply", "button_reply": button}}],
            "contacts": [{"profile": {"name": "Sheena Nelson"}, "wa_id": phone}]})


def webhook(value):
    """A webhook's body and headers."""
    value = {"messaging_product": "whatsapp",
             "metadata": {"display_phone_number": "15550783881", "phone_number_id": NUMBER_ID}, **value}
    return signed(json.dumps({"object": "whatsapp_business_account", "entry": [
        {"id": "102290129340398", "changes": [{"field": "messages", "value": value}]}]}).encode())


def signed(body):
    """Any body, and the headers it is posted with."""
    signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return body, {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
