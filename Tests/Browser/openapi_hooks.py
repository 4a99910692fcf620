"""What Schemathesis cannot make up: people who sign in, logins that wait, and tokens that are good.

Schemathesis loads this module by SCHEMATHESIS_HOOKS; test_openapi.py names the demo by the environment.
"""
import itertools
import json
import os
import urllib.error
import urllib.request

import schemathesis
from hypothesis import strategies

API = os.environ["OTPLESS_TEST_URL"]
PHONE = os.environ["OTPLESS_TEST_PHONE_URL"]

#: Numbers that nobody else has in this demo.
numbers = itertools.count(16505559000)


def call(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, {"Content-Type": "application/json"})) as reply:
        return json.load(reply)


schemas = call(f"{API}/openapi.json")["components"]["schemas"]


def example(schema, *path):
    """An example of the document, for which something real is put in."""
    schema = schemas[schema]
    for name in path:
        schema = schema["properties"][name]
    return schema["examples"][0]


SESSION, REFRESH, USER = example("SessionID"), example("RefreshToken"), example("ID")
CHALLENGE, VERIFIER = example("StartLoginRequest", "codeChallenge"), example("SessionRequest", "codeVerifier")


def start(challenge=None):
    """Starts a login; returns its session and the phone it asks."""
    number = str(next(numbers))
    body = {"phoneNumber": f"+{number}", "codeChallenge": challenge}
    return call(f"{API}/api/auth/initiate", body)["data"]["sessionId"], number


def confirm(number):
    """Taps on Confirm and waits until the server has heard of it."""
    chats = call(f"{PHONE}/simulator/state")["chats"]
    message = next(chat for chat in chats if chat["phone"] == number)["messages"][-1]
    tap = {"phone": number, "messageId": message["id"], "buttonId": message["buttons"][0]["id"]}
    call(f"{PHONE}/simulator/tap", tap)


def sign_in():
    """Signs a new person in; returns the data of the claim."""
    session, number = start()
    confirm(number)
    while (reply := call(f"{API}/api/auth/claim", {"sessionId": session}))["statusCode"] == 202:
        pass
    return reply["data"]


def is_good(token):
    request = urllib.request.Request(f"{API}/api/auth/validate", headers={"Authorization": f"Bearer {token}"})
    try:
        return urllib.request.urlopen(request).status == 200
    except urllib.error.HTTPError:
        return False


def takes_token(context):
    return {"accessToken": []} in context.operation.definition.raw.get("security", [])


@schemathesis.auth(refresh_interval=None).apply_to(takes_token)
class AccessToken:
    """The token of one person for as long as it is good: some requests delete the account or end its logins."""

    person = None

    def get(self, case, context):
        if not self.person or not is_good(self.person["accessToken"]):
            AccessToken.person = sign_in()
        return self.person["accessToken"]

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


def end_upgraded(reply, **_):
    """After a 101 the connection is not HTTP's any more; the client would use it for the next request."""
    if reply.status_code == 101:
        reply.raw.connection.close()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts what is real for the document's examples, so that its successes are met, too."""
    operation = case.operation.definition.raw["operationId"]
    if operation == "waitForLogin":
        kwargs["hooks"] = {"response": end_upgraded}
    body = case.body
    if not isinstance(body, dict):
        return
    if body.get("sessionId") == SESSION:
        session, number = start(CHALLENGE if body.get("codeVerifier") == VERIFIER else None)
        if operation in ("claimLogin", "acknowledgeLogin"):
            confirm(number)
        case.body = {**body, "sessionId": session}
    elif body.get("refreshToken") == REFRESH:
        person = sign_in()
        case.body = {**body, "refreshToken": person["refreshToken"]}
        if body.get("userId") == USER:
            case.body["userId"] = person["userId"]
    elif body.get("userId") == USER and AccessToken.person:
        case.body = {**body, "userId": AccessToken.person["userId"]}


# What the format `name` says: something to see, and no control characters. No short pattern can; letters that look like
# nothing (Default_Ignorable_Code_Point) count as nothing.
letters = strategies.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\u115f\u1160\u3164\uffa0")
schemathesis.openapi.format("name", strategies.text(letters, min_size=1, max_size=100).filter(str.strip))
