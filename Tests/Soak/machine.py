"""What the run needs of this machine: ports, other users, children that do not outlive it, a small disk."""
import asyncio
import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Optional


def free_port() -> int:
    """A port that is free now. Below the range that outgoing connections take theirs from: a node that is down for a
    moment must find its own again."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for _ in range(1000):
        port = 10_000 + int.from_bytes(os.urandom(4), "big") % max(1, lowest - 10_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
    raise SystemExit("soak: there is no free port")


def child(signal_name: str, user: Optional[str] = None) -> list[str]:
    """What stands in front of a command so that it gets a signal when this process dies, and runs as a user."""
    if not shutil.which("setpriv"):
        raise SystemExit("soak: there is no setpriv; it is part of util-linux")
    prefix = ["setpriv", "--pdeathsig", signal_name]
    if user and os.geteuid() == 0:
        entry = pwd.getpwnam(user)
        prefix += ["--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--clear-groups"]
    return prefix


#: In bytes.
MOST_MEMORY = 1 << 30


class SmallDisk:
    """A folder on a file system of its own, which can be made full. Only root can have one."""

    def __init__(self, folder: Path, size: int):
        self.folder = folder
        self._image = folder.with_suffix(".img")
        self._ballast = folder / "ballast"
        self._size = size
        self._filling: Optional[asyncio.Task[None]] = None
        self.is_mounted = False
        #: Why it is a plain folder.
        self.reason = ""

    def open(self) -> "SmallDisk":
        """A file system in a file, so that a commit costs what it costs; or in memory; or, aloud, none."""
        self.folder.mkdir(parents=True)
        self.is_mounted = os.geteuid() == 0 and (self._mount_file() or self._mount_memory())
        if not self.is_mounted:
            self.reason = "nothing can be mounted here" if os.geteuid() == 0 else "only root can mount a small disk"
        return self

    def _mount_file(self) -> bool:
        with self._image.open("wb") as image:
            image.truncate(self._size)
        # Without blocks that only root may use: a server that runs as root would never see a full disk.
        return run("mkfs.ext4", "-q", "-m", "0", str(self._image)) and run(
            "mount", "-o", "loop", str(self._image), str(self.folder))

    def _mount_memory(self) -> bool:
        # It is made full sooner or later, and then that is memory.
        return run("mount", "-t", "tmpfs", "-o", f"size={min(self._size, MOST_MEMORY)}", "tmpfs", str(self.folder))

    def fill(self) -> None:
        """Leaves no space, and takes what others free."""
        self._filling = asyncio.ensure_future(self._keep_full())

    async def _keep_full(self) -> None:
        with self._ballast.open("ab", buffering=0) as ballast:
            while True:
                for piece in (1 << 26, 1 << 20, 1 << 12):
                    try:
                        while True:
                            os.posix_fallocate(ballast.fileno(), os.fstat(ballast.fileno()).st_size, piece)
                    except OSError:
                        pass
                await asyncio.sleep(0.05)

    def free(self) -> None:
        if self._filling:
            self._filling.cancel()
            self._filling = None
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        self.free()
        if self.is_mounted:
            # Lazily: what still writes there is ended by now, or about to be.
            run("umount", "-l", str(self.folder))


def run(*command: str) -> bool:
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
