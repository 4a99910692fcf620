"""Fixtures: nodes, and the two balancers before them. CONTRIBUTING.md says how they are meant."""
import subprocess
from collections import namedtuple
from dataclasses import dataclass

import pytest

from support.balancer import Balancer, HAProxy, Nginx
from support.node import Node
from support.whatsapp import WhatsApp

Certificate = namedtuple("Certificate", "chain key both")


@dataclass
class Edge:
    """A balancer, the nodes behind it, and their WhatsApp."""

    balancer: Balancer
    nodes: list
    whatsapp: WhatsApp

    def end(self):
        try:
            self.balancer.stop()
        finally:
            end_nodes(self.nodes)


def pytest_generate_tests(metafunc):
    """Whatever holds is to hold with either balancer."""
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", [HAProxy, Nginx], ids=["haproxy", "nginx"], scope="session")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate of our own for login.example.com."""
    folder = tmp_path_factory.mktemp("certificate")
    chain, key, both = folder / "chain.pem", folder / "key.pem", folder / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=login.example.com", "-addext", "subjectAltName=DNS:login.example.com",
         "-keyout", key, "-out", chain], check=True, capture_output=True)
    both.write_text(chain.read_text() + key.read_text())
    return Certificate(chain, key, both)


@pytest.fixture(scope="session")
def whatsapp():
    whatsapp = WhatsApp()
    yield whatsapp
    whatsapp.stop()


@pytest.fixture(scope="session")
def start_edge(certificate, whatsapp, tmp_path_factory):
    """Starts nodes and a balancer before them and `others`; `end` of what it returned stops both."""
    def start(kind, count, others=()):
        folder = tmp_path_factory.mktemp("nodes")
        nodes = []
        try:
            for index in range(count):
                nodes.append(Node(folder / f"node{index + 1}", whatsapp))
                nodes[-1].start()
            # One node stands for all three where the nodes share no database and a test needs what one has stored.
            addresses = ([node.address for node in nodes] + list(others)) * 3
            return Edge(kind(certificate, addresses[:3]).start(), nodes, whatsapp)
        except BaseException:
            end_nodes(nodes)
            raise
    return start


def end_nodes(nodes):
    for node in nodes:
        if node.is_running:
            node.stop()


@pytest.fixture(scope="session")
def edge(kind, start_edge):
    """A balancer before one node, three times named: for what concerns one login. Tests share it."""
    edge = start_edge(kind, 1)
    yield edge
    edge.end()


@pytest.fixture
def cluster(kind, start_edge):
    """A balancer before three nodes, for this test alone, which may stop them."""
    edge = start_edge(kind, 3)
    yield edge
    edge.end()


@pytest.fixture
def outside(edge):
    """A client that comes by TLS."""
    return edge.balancer.https
