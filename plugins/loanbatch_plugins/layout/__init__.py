"""The layout engine: from the words of a page to lines, cells, blocks and running text.

A pure library without hooks, below all plugins. Input is `loanbatch.models.Page`; everything is
measured in points and, where a distance has to fit small and large print, in the height of the text
itself.

    words -> lines -> segments (the cells of a form) -> blocks (paragraphs and columns) -> flows
    (text)
"""

from loanbatch_plugins.layout._flows import Flow, Span, read_blocks, read_flows
from loanbatch_plugins.layout._keys import squeeze, squeeze_word
from loanbatch_plugins.layout._lines import Line, Segment, read_lines
from loanbatch_plugins.layout._pages import PageLayout, union

__all__ = [
    "Flow",
    "Line",
    "PageLayout",
    "Segment",
    "Span",
    "read_blocks",
    "read_flows",
    "read_lines",
    "squeeze",
    "squeeze_word",
    "union",
]
