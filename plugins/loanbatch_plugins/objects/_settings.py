"""Settings of the objects plugin, and the keys that they name."""

from __future__ import annotations

from pathlib import Path

from attrs import field, frozen

from loanbatch.errors import SettingsError
from loanbatch_plugins.objects._cipher import Cipher, parse_keys


@frozen(kw_only=True)
class ObjectsSettings:
    """The table `[loanbatch.objects]`; the place itself is the general setting `objects`.

    Raises:
        SettingsError: A key cannot be used, or the key file cannot be read.
    """

    #: Store the bytes of each source; artifacts are stored either way.
    keep_originals: bool = True
    #: Keys to encrypt stored documents with, 32 bytes in base64 each: the first one encrypts, all
    #: decrypt. Best said in the environment, not in a file that others read.
    encryption_keys: tuple[str, ...] = field(default=(), repr=False)
    #: File with such keys, one a line, which come after those of `encryption_keys`.
    encryption_key_file: str = ""

    def __attrs_post_init__(self) -> None:
        self.cipher()  # a batch must not begin with keys that nobody can use

    def cipher(self) -> Cipher:
        """Return what encrypts and decrypts with the keys as they are now."""
        return Cipher(parse_keys((*self.encryption_keys, *self._lines())))

    def _lines(self) -> list[str]:
        if not self.encryption_key_file:
            return []
        try:
            text = Path(self.encryption_key_file).expanduser().read_text("ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"encryption_key_file: {self.encryption_key_file} cannot be read"
                f" ({type(error).__name__})"
            ) from None
        lines = [line.strip() for line in text.splitlines()]
        found = [line for line in lines if line and not line.startswith("#")]
        if not found:
            raise SettingsError(f"encryption_key_file: no key in {self.encryption_key_file}")
        return found
