"""What a person does with the simulated phone, through the simulator's own API (docs/simulator.md)."""
import json
import re
import time
import urllib.error
import urllib.request

#: How long somebody waits for a message.
PATIENCE = 15


class Simulator:
    """The simulated WhatsApp of one demo."""

    def __init__(self, url):
        self.url = url

    def state(self, phone=None, after=None):
        """What the phones show; with `after`, once it has changed since that version."""
        query = "&".join(f"{name}={value}" for name, value in (("phone", phone), ("after", after)) if value is not None)
        return self.call("GET", f"/simulator/state?{query}")

    def set_faults(self, **faults):
        """What goes wrong from now on, in place of all that went wrong before."""
        self.call("PUT", "/simulator/faults", faults)

    def clear_faults(self):
        self.call("DELETE", "/simulator/faults")

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=40) as reply:
                return json.loads(reply.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None


class Message(dict):
    """A bubble, as /simulator/state has it: id, direction, kind, header, body, footer, buttons, answered, status."""

    @property
    def titles(self):
        """What its buttons say."""
        return [button["title"] for button in self["buttons"]]

    @property
    def number(self):
        """The first two digits that stand by themselves in its text."""
        return re.search(r"(?<!\d)\d\d(?!\d)", self["body"])[0]


class Phone:
    """One phone. It remembers which messages it has looked at, so that `message` is the next one."""

    def __init__(self, simulator, number):
        self.simulator = simulator
        self.number = number
        self.digits = re.sub(r"\D", "", number)
        self.last = None
        self._seen = set()
        for message in self.messages():
            self._seen.add(message["id"])

    def messages(self):
        """All messages from the business, the oldest first."""
        return self._messages(self.simulator.state(phone=self.digits))

    def message(self, timeout=PATIENCE):
        """Waits for a message from the business that was not looked at yet; of several, the newest."""
        end = time.monotonic() + timeout
        state = self.simulator.state(phone=self.digits)
        while time.monotonic() < end:
            fresh = [message for message in self._messages(state) if message["id"] not in self._seen]
            if fresh:
                self._seen.update(message["id"] for message in fresh)
                self.last = fresh[-1]
                return self.last
            state = self.simulator.state(phone=self.digits, after=state["version"])
        raise AssertionError(f"no message came to {self.number} within {timeout} s")

    def tap(self, button, message=None):
        """Taps a button, by its title or its index, of a message: the one that was looked at last, or the next."""
        message = message or self.last or self.message()
        if isinstance(button, str):
            assert button in message.titles, f"no button {button!r}, but {message.titles}"
            button = message.titles.index(button)
        self._post("tap", messageId=message["id"], buttonId=message["buttons"][button]["id"])

    def confirm(self):
        """Waits for the next message and taps its first button."""
        self.message()
        self.tap(0)

    def deny(self):
        """Waits for the next message and taps its last button."""
        self.message()
        self.tap(-1)

    def text(self, text, **more):
        self._post("text", text=text, **more)

    def read(self):
        """The chat is on the screen."""
        self._post("read")

    def set_faults(self, **faults):
        """What goes wrong with this phone alone, in place of all that went wrong before."""
        self.simulator.set_faults(phones=[{"phone": self.digits, **faults}])

    def _post(self, what, **fields):
        return self.simulator.call("POST", f"/simulator/{what}", {"phone": self.digits, **fields})

    @staticmethod
    def _messages(state):
        return [Message(message) for chat in state["chats"] for message in chat["messages"]
                if message["direction"] == "in"]
