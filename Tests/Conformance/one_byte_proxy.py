#!/usr/bin/env python3
"""Passes what clients send to a server one byte at a time, each in a packet of its own; replies pass as they come.

usage: one_byte_proxy.py HOST PORT      prints "listening on HOST:PORT" and runs until it is killed
"""
import ctypes
import socket
import sys
import threading


class Bytes(ctypes.Structure):
    """struct iovec of sys/uio.h"""
    _fields_ = [("base", ctypes.c_void_p), ("count", ctypes.c_size_t)]


class Header(ctypes.Structure):
    """struct msghdr of sys/socket.h"""
    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint), ("bytes", ctypes.POINTER(Bytes)),
                ("bytes_count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
                ("flags", ctypes.c_int)]


class Message(ctypes.Structure):
    """struct mmsghdr of sys/socket.h"""
    _fields_ = [("header", Header), ("sent", ctypes.c_uint)]


LIBC = ctypes.CDLL(None, use_errno=True)
# More are cut off by the kernel (UIO_MAXIOV).
MOST = 1024


class SingleBytes:
    """A buffer and a message for each of its bytes: a call of the kernel for each would take ten times as long."""

    def __init__(self):
        self.buffer = ctypes.create_string_buffer(MOST)
        start = ctypes.addressof(self.buffer)
        self.pieces = (Bytes * MOST)(*[Bytes(start + at, 1) for at in range(MOST)])
        self.messages = (Message * MOST)()
        for message, piece in zip(self.messages, self.pieces):
            message.header.bytes, message.header.bytes_count = ctypes.pointer(piece), 1

    def send(self, target, count):
        """Sends the first bytes of the buffer, each by itself."""
        sent = 0
        while sent < count:
            rest = ctypes.byref(self.messages, sent * ctypes.sizeof(Message))
            result = LIBC.sendmmsg(target.fileno(), rest, count - sent, socket.MSG_NOSIGNAL)
            if result < 0:
                raise OSError(ctypes.get_errno(), "sendmmsg")
            sent += result


def pass_requests(client, server):
    single = SingleBytes()
    while count := client.recv_into(single.buffer):
        single.send(server, count)


def pass_replies(server, client):
    while data := server.recv(65536):
        client.sendall(data)


def run(way, source, target):
    """Passes on until the source ends or the target is gone, then tells both."""
    try:
        way(source, target)
    except OSError:
        pass
    for end, how in ((target, socket.SHUT_WR), (source, socket.SHUT_RD)):
        try:
            end.shutdown(how)
        except OSError:
            pass


def serve(client, server):
    for end in (client, server):
        # Without this the kernel gathers the bytes again.
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with client, server:
        replies = threading.Thread(target=run, args=(pass_replies, server, client), daemon=True)
        replies.start()
        run(pass_requests, client, server)
        replies.join()


def main():
    server = (sys.argv[1], int(sys.argv[2]))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print("listening on {}:{}".format(*listener.getsockname()), flush=True)
        while True:
            client = listener.accept()[0]
            ends = (client, socket.create_connection(server))
            threading.Thread(target=serve, args=ends, daemon=True).start()


if __name__ == "__main__":
    main()
