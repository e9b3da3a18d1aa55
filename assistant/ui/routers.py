"""Every router of pages beside the chat, in one list. A room that adds pages adds its line here."""

from __future__ import annotations

from fastapi import APIRouter


def routers() -> tuple[APIRouter, ...]:
    """The routers, to be included before the chat is mounted at `/`."""
    from assistant.ui import (
        admin_pages,
        advice,
        drafts,
        evaluate_pages,
        library_page,
        review,
        shelf_pages,
        site,
    )

    return (
        site.router,
        library_page.router,
        shelf_pages.router,
        evaluate_pages.router,
        admin_pages.router,
        advice.router,
        drafts.router,
        review.router,
        review.guests,
    )
