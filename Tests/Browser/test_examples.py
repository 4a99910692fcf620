"""The examples, as somebody runs them: their own command, beside a demo, with a browser or a client."""
import base64
import hashlib
import hmac
import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import expect

from support.demo import free_port
from support.example import Example

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def run_example(tmp_path):
    """Starts examples; ends them after the test."""
    running = []

    def run(command, **environment):
        running.append(Example(command, tmp_path, **environment))
        return running[-1].wait()

    yield run
    for example in running:
        example.stop()


def call(method, url, body=None, token=None):
    """The status and the JSON of a reply."""
    request = urllib.request.Request(url, method=method, data=body and json.dumps(body).encode())
    if body:
        request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def sign_in(demo, phone):
    """An access token, by the API."""
    _, reply = call("POST", f"{demo.url}/api/auth/initiate", {"phoneNumber": phone.number, "name": "Ada"})
    proof = {"sessionId": reply["data"]["sessionId"]}
    phone.confirm()
    status, end = 202, time.monotonic() + 15
    while status == 202 and time.monotonic() < end:
        status, reply = call("POST", f"{demo.url}/api/auth/claim", proof)
    assert status == 200, reply
    return reply["data"]["accessToken"]


# A page of plain HTML


def test_the_static_page_greets_who_signs_in(page, watch, start_demo, tmp_path, run_example):
    port = free_port()
    demo = start_demo({"OTPLESS_ALLOWED_ORIGINS": f"{{url}},http://127.0.0.1:{port}"})
    # The page names the demo's usual address.
    examples = tmp_path / "examples"
    shutil.copytree(EXAMPLES, examples, ignore=shutil.ignore_patterns("node_modules"))
    index = examples / "static" / "index.html"
    index.write_text(index.read_text().replace("http://127.0.0.1:8080", demo.url))
    example = run_example([examples / "static" / "run"], PORT=port, OTPLESS_URL=demo.url)
    signs_in_on(page, watch, demo, example.url)
    expect(page.get_by_text("Welcome, +16505550001!")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("Please sign in.")).to_be_visible()


def signs_in_on(page, watch, demo, url):
    """Signs in with the element that an example's page has."""
    phone = demo.phone(demo.new_number())
    watch.allow_origin(demo.url)
    page.goto(url)
    login = page.locator("otpless-login")
    login.get_by_label("Phone number").fill(phone.number)
    login.get_by_role("button", name="Continue with WhatsApp").click()
    phone.confirm()


# Backends


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """A folder with one key (docs/keys.md)."""
    folder = tmp_path_factory.mktemp("keys")
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "2026-11.pem"
    file.write_bytes(pem)
    file.chmod(0o600)
    return folder


@pytest.fixture(params=["express", "fastapi"])
def backend(request, keys, start_demo, run_example):
    """An example's backend with a demo of its own."""
    port = free_port()
    demo = start_demo({
        "OTPLESS_JWT_ALGORITHM": "ES256", "OTPLESS_JWT_KEYS": keys,
        "OTPLESS_ALLOWED_ORIGINS": f"{{url}},http://127.0.0.1:{port}",
    })
    backend = run_example([EXAMPLES / request.param / "run"], PORT=port, OTPLESS_URL=demo.url, PYTHON=sys.executable)
    backend.demo = demo
    backend.name = {"express": "Express", "fastapi": "FastAPI"}[request.param]
    return backend


def test_a_backend_greets_who_signs_in_on_its_page(backend, page, watch):
    signs_in_on(page, watch, backend.demo, backend.url)
    expect(page.get_by_text(f"Hello +16505550001, from {backend.name}")).to_be_visible()


def test_a_backend_knows_its_user(backend):
    token = sign_in(backend.demo, backend.demo.phone("+16505550142"))
    user = jwt.decode(token, options={"verify_signature": False})["sub"]
    assert call("GET", f"{backend.url}/api/hello", token=token) == (
        200, {"message": f"Hello Ada, from {backend.name}", "userId": user})


def test_a_backend_refuses_every_other_token(backend, keys, tmp_path):
    demo = backend.demo
    token = sign_in(demo, demo.phone("+16505550142"))
    claims = jwt.decode(token, options={"verify_signature": False})
    key = serialization.load_pem_private_key((keys / "2026-11.pem").read_bytes(), None)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def signed(key=key, algorithm="ES256", kid="2026-11", without=None, **changes):
        changed = {name: value for name, value in (claims | changes).items() if name != without}
        return jwt.encode(changed, key, algorithm=algorithm, headers={"kid": kid})

    assert call("GET", f"{backend.url}/api/hello", token=signed())[0] == 200
    head, body, signature = token.split(".")
    refused = {
        "none": None,
        "not a token": "x",
        "without a signature": f"{head}.{body}.",
        "another body": f"{head}.{signed(sub='somebody').split('.')[1]}.{signature}",
        "another key": signed(key=ec.generate_private_key(ec.SECP256R1())),
        "an unknown key": signed(kid="2027-05"),
        "no algorithm": jwt.encode(claims, None, algorithm="none", headers={"kid": "2026-11"}),
        "the public key as a secret": signed_with_secret(public, claims, "2026-11"),
        "run out": signed(exp=claims["iat"] - 60),
        "no end": signed(without="exp"),
        "nobody": signed(without="sub"),
        "another issuer": signed(iss="https://login.example.com"),
        "no issuer": signed(without="iss"),
        "another audience": signed(aud="https://login.example.com"),
        "no audience": signed(without="aud"),
    }
    statuses = {name: call("GET", f"{backend.url}/api/hello", token=token)[0] for name, token in refused.items()}
    assert statuses == dict.fromkeys(refused, 401)


def signed_with_secret(secret, claims, kid):
    """HS256 by hand: PyJWT knows better than to take a public key for a secret."""
    parts = [{"alg": "HS256", "kid": kid, "typ": "JWT"}, claims]
    signed = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{base64url(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# One command for all of it


@pytest.mark.parametrize("name", ["static", "express", "fastapi"])
def test_one_command_starts_the_example_and_the_demo(name, run_example):
    """With other ports than those that the static page names; so pages are not opened here."""
    port, demo_port, phone_port = free_port(), free_port(), free_port()
    example = run_example([EXAMPLES / name / "run"], PORT=port, DEMO_PORT=demo_port, PHONE_PORT=phone_port, PYTHON=sys.executable)
    assert call("GET", f"http://127.0.0.1:{demo_port}/readyz")[0] == 200
    assert f"http://127.0.0.1:{phone_port}/" in example.log.read_text()
    _, keys = call("GET", f"http://127.0.0.1:{demo_port}/.well-known/jwks.json")
    assert [key["kid"] for key in keys["keys"]] == ["demo"]
    example.stop()
    with pytest.raises(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{demo_port}/readyz")


# Clients that are no pages


def test_the_python_client_signs_in(demo):
    run = subprocess.run([sys.executable, EXAMPLES / "login.py", demo.url, demo.phone_url], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0 and "logout: Logged out successfully" in run.stdout, run.stdout + run.stderr


@pytest.fixture(scope="session")
def swift_client(tmp_path_factory):
    """The client for apps, with its program for the terminal."""
    client = tmp_path_factory.mktemp("swift") / "sign-in"
    compiler = ["swiftc", "-swift-version", "6", "-warnings-as-errors", "-parse-as-library"]
    subprocess.run([*compiler, *sorted((EXAMPLES / "swift").glob("*.swift")), "-o", client], check=True)
    return client


@pytest.fixture
def swift_login(swift_client, demo, phone):
    """A login that waits for the phone."""
    login = subprocess.Popen(["stdbuf", "-oL", swift_client, demo.url, phone.number], stdout=subprocess.PIPE, text=True)
    yield login
    login.kill()
    login.wait()


@pytest.mark.timeout(150)
class TestSwiftClient:
    def test_it_signs_in_and_refreshes(self, swift_login, phone):
        phone.confirm()
        said, _ = swift_login.communicate(timeout=60)
        assert swift_login.returncode == 0 and "new: true\nrefreshed:" in said, said

    def test_it_tells_a_deny(self, swift_login, phone):
        phone.deny()
        said, _ = swift_login.communicate(timeout=60)
        assert swift_login.returncode == 1 and "refused: LOGIN_DENIED" in said, said

    @pytest.mark.settings(OTPLESS_CONFIRMATION="match")
    def test_it_shows_the_number_to_match(self, swift_login, phone):
        phone.message()
        lines = iter(swift_login.stdout.readline, "")
        number = next(line.split()[-1] for line in lines if line.startswith("reply with"))
        phone.text(number)
        assert "signed in" in swift_login.communicate(timeout=60)[0]
