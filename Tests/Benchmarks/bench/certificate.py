"""A certificate for 127.0.0.1 and the authority that signed it, made for one run."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from .paths import program


@dataclass(frozen=True)
class Certificate:
    """PEM files."""

    chain: Path
    key: Path
    authority: Path

    @staticmethod
    def make(directory: Path) -> "Certificate":
        """With keys on P-256, which is what a server has today."""
        directory.mkdir()
        made = Certificate(directory / "server.pem", directory / "server.key", directory / "ca.pem")
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        _openssl("req", "-x509", *key, "-subj", "/CN=benchmark authority", "-keyout", str(directory / "ca.key"),
                 "-out", str(made.authority), "-addext", "keyUsage=critical,keyCertSign")
        _openssl("req", "-x509", *key, "-subj", "/CN=127.0.0.1", "-keyout", str(made.key), "-out", str(made.chain),
                 "-CA", str(made.authority), "-CAkey", str(directory / "ca.key"),
                 "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=IP:127.0.0.1")
        return made


def _openssl(*arguments: str) -> None:
    done = subprocess.run([program("openssl"), *arguments], capture_output=True, text=True, timeout=30)
    if done.returncode != 0:
        raise SystemExit(f"run: openssl {arguments[0]} failed: {done.stderr}")
