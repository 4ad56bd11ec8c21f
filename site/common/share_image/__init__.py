"""The picture that stands for a page where its address is shared: 1200 × 630, drawn with our own fonts."""

from common.share_image.card import Card, draw

__all__ = ["Card", "draw"]
