"""Encryption of single objects: authenticated, in chunks, each object under a key of its own.

An encrypted object is a head and chunks. The head is a mark, which key it takes, and a random salt;
the key of the object comes from those and from its name (HKDF-SHA256), so that no object can stand
in for another. Each chunk is AES-256-GCM of 64 KiB under a counter and a flag for the last one (the
STREAM construction: Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015): a chunk that is changed,
moved, added or cut off is noticed before anything of it is handed out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from loanbatch.errors import SettingsError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: No file that is read here begins so.
MARK = b"\x00loanbatch encrypted 1\n\x00"
_ID_BYTES = 8
_SALT_BYTES = 16
_KEY_BYTES = 32
_HEAD_BYTES = len(MARK) + _ID_BYTES + _SALT_BYTES
_CHUNK = 64 * 1024
_TAG_BYTES = 16
_COUNTER_BYTES = 11
_MISSING = (
    "encryption needs the package cryptography: pip install 'loanbatch[encryption]', or take the"
    " keys out of the settings"
)


class NoKeyError(Exception):
    """An object was encrypted under a key that is not among those that were given."""


class DamagedError(Exception):
    """An encrypted object was changed, cut off or renamed."""


def new_key() -> str:
    """Return a new random key, as the settings take it."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode("ascii")


def parse_keys(texts: Sequence[str]) -> tuple[bytes, ...]:
    """Return keys from their texts.

    Raises:
        SettingsError: One is not 32 bytes in base64, which its message does not tell; or there is
            no library to use them with.
    """
    keys = []
    for number, text in enumerate(texts, start=1):
        try:
            key = base64.b64decode(
                text.strip(), altchars=b"-_" if set(text) & set("-_") else None, validate=True
            )
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != _KEY_BYTES:
            raise SettingsError(
                f"encryption key {number} is not 32 bytes in base64; `loanbatch objects new-key`"
                " makes one"
            )
        keys.append(key)
    if keys and find_spec("cryptography") is None:
        raise SettingsError(_MISSING)
    return tuple(keys)


def is_sealed(stored: bytes) -> bool:
    """Tell whether stored bytes are those of an encrypted object."""
    return stored.startswith(MARK)


def sealed_size(size: int) -> int:
    """Return how many bytes a content of a size takes when it is encrypted."""
    chunks = max(1, -(-size // _CHUNK))
    return _HEAD_BYTES + size + chunks * _TAG_BYTES


class Cipher:
    """Encrypts under the first of some keys, and decrypts under any of them.

    Args:
        keys: 32 bytes each; with none of them nothing can be encrypted.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {_id_of(key): key for key in keys}
        self._first = _id_of(keys[0]) if keys else None

    @property
    def encrypts(self) -> bool:
        """Whether there is a key."""
        return self._first is not None

    def is_current(self, stored: bytes) -> bool:
        """Tell whether an encrypted object is under the first key."""
        return _head(stored)[0] == self._first

    def seal(self, name: str, content: bytes) -> bytes:
        """Return a content encrypted under the first key, for an object of this name."""
        if self._first is None:
            raise NoKeyError
        salt = os.urandom(_SALT_BYTES)
        head = MARK + self._first + salt
        aead = _aead(self._keys[self._first], salt, name)
        chunks = (
            aead.encrypt(nonce, content[start : start + _CHUNK], head)
            for start, nonce in _positions(len(content), _CHUNK)
        )
        return b"".join((head, *chunks))

    def open(self, name: str, stored: bytes) -> bytes:
        """Return the content of an encrypted object.

        Raises:
            NoKeyError: It is under a key that is not at hand.
            DamagedError: It is not as it was stored under this name.
        """
        from cryptography.exceptions import InvalidTag

        identity, salt = _head(stored)
        key = self._keys.get(identity)
        if key is None:
            raise NoKeyError
        head, body = stored[:_HEAD_BYTES], memoryview(stored)[_HEAD_BYTES:]
        aead = _aead(key, salt, name)
        step = _CHUNK + _TAG_BYTES
        try:
            chunks = [
                aead.decrypt(nonce, body[start : start + step], head)
                for start, nonce in _positions(len(body), step)
            ]
        except InvalidTag:
            raise DamagedError from None
        return b"".join(chunks)


def _id_of(key: bytes) -> bytes:
    """Return what names a key in the heads of objects and tells nothing of it."""
    return hashlib.sha256(b"loanbatch key id 1" + key).digest()[:_ID_BYTES]


def _head(stored: bytes) -> tuple[bytes, bytes]:
    if len(stored) < _HEAD_BYTES + _TAG_BYTES:
        raise DamagedError
    identity = stored[len(MARK) : len(MARK) + _ID_BYTES]
    return identity, stored[len(MARK) + _ID_BYTES : _HEAD_BYTES]


def _aead(key: bytes, salt: bytes, name: str) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = b"loanbatch object 1 " + name.encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=salt, info=info).derive(key))


def _positions(size: int, step: int) -> Iterator[tuple[int, bytes]]:
    """Give where each chunk begins, and its nonce; nothing at all is one empty chunk."""
    count = max(1, -(-size // step))
    for number in range(count):
        last = bytes([number == count - 1])
        yield number * step, number.to_bytes(_COUNTER_BYTES, "big") + last
