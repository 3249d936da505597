"""From a page's own coordinates to the page as displayed, cropped and turned."""

from __future__ import annotations

from attrs import frozen

from loanbatch.models import Box
from loanbatch_plugins.pdf_text._engine import EnginePage


@frozen(kw_only=True)
class Displayed:
    """How a page is shown."""

    #: Edges of the shown part in the page's own coordinates (points, origin bottom left).
    left: float
    bottom: float
    right: float
    top: float
    #: Degrees clockwise: 0, 90, 180 or 270.
    rotation: int

    @property
    def width(self) -> float:
        """Width as displayed, in points."""
        sideways = self.rotation in (90, 270)
        return self.top - self.bottom if sideways else self.right - self.left

    @property
    def height(self) -> float:
        """Height as displayed, in points."""
        sideways = self.rotation in (90, 270)
        return self.right - self.left if sideways else self.top - self.bottom

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Return a rectangle of the page's own coordinates as displayed."""
        match self.rotation:
            case 90:
                return Box(
                    bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
                )
            case 180:
                return Box(
                    self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
                )
            case 270:
                return Box(self.top - top, self.right - right, self.top - bottom, self.right - left)
            case _:
                return Box(left - self.left, self.top - top, right - self.left, self.top - bottom)


def displayed(page: EnginePage) -> Displayed:
    """Return how the engine shows a page: the crop box within the media box, turned."""
    return _displayed(page, page.get_bbox())


def whole_sheet(page: EnginePage) -> Displayed:
    """Return how a page would be shown without its crop box."""
    return _displayed(page, page.get_mediabox() or page.get_bbox())


def _displayed(page: EnginePage, edges: tuple[float, float, float, float]) -> Displayed:
    left, bottom, right, top = edges
    return Displayed(
        left=left, bottom=bottom, right=right, top=top, rotation=page.get_rotation() % 360
    )
