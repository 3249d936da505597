"""Where prints lead in a worker: nowhere, counted.

What a plugin prints while it has a document at hand is most likely text of the document, and
standard error ends in mails and journals.
"""

from __future__ import annotations

import io


class Silence(io.TextIOBase):
    """Takes text and keeps its length only."""

    def __init__(self) -> None:
        #: Characters so far.
        self.count = 0

    def writable(self) -> bool:
        """Tell that it takes text."""
        return True

    def write(self, text: str, /) -> int:
        """Count."""
        self.count += len(text)
        return len(text)


SILENCE = Silence()
