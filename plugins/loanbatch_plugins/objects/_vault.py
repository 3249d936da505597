"""What is stored where, encrypted or not: contents on one side, bytes in a place on the other.

Names of objects are hashes of their plain content either way, so that a batch knows what it has.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

from loanbatch.errors import SettingsError, StorageFailedError
from loanbatch.settings import Settings
from loanbatch_plugins.objects._cipher import (
    Cipher,
    DamagedError,
    NoKeyError,
    is_sealed,
    sealed_size,
)
from loanbatch_plugins.objects._keys import OBJECT_KEY
from loanbatch_plugins.objects._places import Place, open_place
from loanbatch_plugins.objects._settings import ObjectsSettings


class Condition(StrEnum):
    """How a stored object is."""

    SOUND = "sound"
    #: Not what was stored.
    DAMAGED = "damaged"
    #: Encrypted under a key that was not given.
    LOCKED = "locked"


class Vault:
    """A place whose objects are encrypted where there is a key, and read either way.

    Args:
        place: Where the bytes are.
        cipher: The keys.
    """

    def __init__(self, place: Place, cipher: Cipher) -> None:
        self.place = place
        self._cipher = cipher

    def put(self, key: str, content: bytes, digest: str) -> str:
        """Store content that its key identifies, and return its address.

        An object that is there with the right size is left alone, and so is an encrypted one where
        there is no key any more.

        Raises:
            StorageFailedError: The place cannot be written.
        """
        size = self._size(key)
        if self._cipher.encrypts:
            present = size == sealed_size(len(content))
            return self.place.address(key) if present else self._write(key, content)
        if size == len(content) or (size == sealed_size(len(content)) and self._is_sealed(key)):
            return self.place.address(key)
        return self.place.write(key, content, digest)

    def replace(self, key: str, content: bytes, digest: str) -> str:
        """Store content whose key says nothing of it, in place of what was there.

        Raises:
            StorageFailedError: As `put`.
        """
        if not self._cipher.encrypts:
            return self.place.replace(key, content, digest)
        if self._same(key, content):
            return self.place.address(key)
        return self._write(key, content)

    def read(self, key: str) -> bytes:
        """Return the plain content of an object.

        Raises:
            SettingsError: No key that was given opens it.
            StorageFailedError: It is damaged.
            OSError: It cannot be read.
        """
        try:
            return _sound(key, self._opened(key, self.place.read(key)))
        except NoKeyError:
            raise SettingsError(
                f"{key} was encrypted with a key that was not given: give that one as well (setting"
                " objects.encryption_keys or objects.encryption_key_file)"
            ) from None
        except DamagedError:
            raise StorageFailedError(
                f"{key} is not what was stored: `loanbatch doctor --repair` tells what can be done"
            ) from None

    def condition(self, key: str) -> tuple[Condition, bool]:
        """Read an object and tell how it is, and whether it is stored as it would be today.

        What was made from an original has no hash of its own in its name: where it is not
        encrypted only an empty one can be told as damaged.

        Raises:
            OSError: It cannot be read.
        """
        stored = self.place.read(key)
        try:
            content = self._opened(key, stored)
        except NoKeyError:
            return Condition.LOCKED, False
        except DamagedError:
            return Condition.DAMAGED, True
        is_plain = content is stored
        current = not self._cipher.encrypts if is_plain else self._cipher.is_current(stored)
        return (Condition.SOUND if _is_sound(key, content) else Condition.DAMAGED), current

    def renew(self, key: str) -> None:
        """Store an object again as it would be stored today: encrypted under the first key.

        Raises:
            SettingsError, StorageFailedError, OSError: As `read`, and as `put`.
        """
        self._write(key, self.read(key))

    def _opened(self, key: str, stored: bytes) -> bytes:
        digest, artifact = _named(key)
        # An original of before encryption that happens to begin like an encrypted one.
        plain = not artifact and hashlib.sha256(stored).hexdigest() == digest
        return stored if plain or not is_sealed(stored) else self._cipher.open(_name(key), stored)

    def _write(self, key: str, content: bytes) -> str:
        stored = self._cipher.seal(_name(key), content)
        return self.place.write(key, stored, hashlib.sha256(stored).hexdigest())

    def _size(self, key: str) -> int | None:
        try:
            return self.place.size(key)
        except OSError as error:
            self.place.fail(error)

    def _same(self, key: str, content: bytes) -> bool:
        """Tell whether an object with this content is there, encrypted."""
        if self._size(key) != sealed_size(len(content)):
            return False
        try:
            return self._opened(key, self.place.read(key)) == content
        except (NoKeyError, DamagedError):
            return False
        except OSError as error:
            self.place.fail(error)

    def _is_sealed(self, key: str) -> bool:
        try:
            return is_sealed(self.place.read(key))
        except OSError as error:
            self.place.fail(error)


def _name(key: str) -> str:
    """Return the part of a key that an object keeps wherever it is moved."""
    return key.rpartition("/")[2]


def _named(key: str) -> tuple[str, bool]:
    """Return the hash in a key, and whether it is of what was made from the original."""
    match = OBJECT_KEY.fullmatch(key)
    return ("", True) if match is None else (match[3], "." in match[4].removeprefix("."))


def _is_sound(key: str, content: bytes) -> bool:
    digest, artifact = _named(key)
    return bool(content) if artifact else hashlib.sha256(content).hexdigest() == digest


def _sound(key: str, content: bytes) -> bytes:
    if not _is_sound(key, content):
        raise DamagedError
    return content


def open_vault(settings: Settings) -> Vault:
    """Return the place that the settings name, with their keys.

    Raises:
        StorageFailedError: No filesystem is installed for the address.
        SettingsError: A key cannot be used.
    """
    return Vault(open_place(settings), settings.plugin(ObjectsSettings).cipher())
