"""A small steady load, and what became of it."""
import threading

from support.waiting import until


class Load:
    """Asks the same again and again, each time on a connection of its own, until the `with` ends.

    answered   how many replies came that a node made
    lost       what became of the others; a status of 500 or above is one of them
    """

    def __init__(self, client, *requests, threads=4):
        self._ask = [lambda request=request: client.request(*request) for request in requests]
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(threads)]
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.answered = 0
        self.lost = []

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        self.goes_on()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def goes_on(self, count=40):
        """Returns after so many further requests."""
        goal = self.total + count
        until(lambda: self.total >= goal, "the load goes on")

    @property
    def total(self):
        with self._lock:
            return self.answered + len(self.lost)

    def _run(self, number):
        while not self._over.is_set():
            number += 1
            try:
                reply = self._ask[number % len(self._ask)]()
                fault = (reply.status, reply.body) if reply.status >= 500 else None
            except Exception as error:  # whatever it is, it is no reply
                fault = error
            with self._lock:
                if fault is None:
                    self.answered += 1
                else:
                    self.lost.append(fault)
