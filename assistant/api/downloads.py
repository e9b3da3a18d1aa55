"""A file as a response that browsers save and never open as a page of ours (P12)."""

from __future__ import annotations

from fastapi import Response

from assistant.rendering.formats import MEDIA_TYPES


def download(content: bytes, format: str, name: str) -> Response:
    """The response for a file.

    Args:
        content: of the file.
        format: its ending, one of MEDIA_TYPES.
        name: its name without the ending; ours, never a person's words.
    """
    return Response(
        content,
        media_type=MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{name}.{format}"'},
    )
