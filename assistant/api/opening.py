"""Opening the advisor while the server already answers /healthz: models load in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from assistant.advisor import Advisor
from assistant.operating import workspace
from assistant.operating.switches import Switches
from assistant.people.limits import Limits
from assistant.people.people import People
from assistant.records.sharing import Sharing
from assistant.rendering.pages import Pages
from assistant.settings import Settings
from corpus.errors import AdvisorError

log = structlog.get_logger(__name__)

_RETRY_SECONDS = 3.0
_SWITCH_SECONDS = 1.0


class Starting(AdvisorError):
    """For anyone: the models are still being loaded."""

    code = "starting"


class Opening:
    """The advisor of this process: being opened, open, or failed with a reason one can mend."""

    def __init__(self, settings: Settings, advisor: Advisor | None = None) -> None:
        """Nothing is opened yet; an `advisor` given is used as it is.

        Raises:
            UnusableDataDirectory: there is no place to keep state.
        """
        self.settings = settings
        engine = workspace.database(settings)
        self.people = People(engine, settings.session_hours)
        self.limits = Limits(
            engine,
            settings.questions_per_minute,
            settings.questions_at_once,
            settings.anonymous_questions_per_minute,
        )
        self.switches = Switches(engine)
        self.sharing = Sharing(engine)
        self._advisor = advisor
        self._pages: Pages | None = None
        self._error: AdvisorError | None = None
        self._lock = threading.Lock()
        self._opening = False
        self._tried = 0.0
        self._off: dict[str, tuple[float, str | None]] = {}

    def begin(self) -> None:
        """Start opening in a thread, unless it is open, under way, or just failed."""
        with self._lock:
            waiting = time.monotonic() - self._tried < _RETRY_SECONDS and self._error is not None
            if self._advisor is not None or self._opening or waiting:
                return
            self._opening = True
        threading.Thread(target=self._open, name="opening", daemon=True).start()

    def advisor(self) -> Advisor:
        """The open advisor.

        Raises:
            Starting: not yet; ask again in some seconds.
            AdvisorError: it cannot be opened; says what to do. Another try begins by itself.
        """
        if self._advisor is not None:
            return self._advisor
        self.begin()
        if self._error is not None:
            raise self._error
        raise Starting("The models are being loaded. Try again in a few seconds.")

    def is_starting(self) -> bool:
        """Whether the models are still being loaded."""
        return self._advisor is None and self._error is None

    def wait(self, seconds: float, step: Callable[[float], None] = time.sleep) -> Advisor:
        """The advisor, waiting up to `seconds` for its models.

        Raises:
            AdvisorError: as `advisor`.
        """
        until = time.monotonic() + seconds
        while True:
            try:
                return self.advisor()
            except Starting:
                if time.monotonic() >= until:
                    raise
            step(0.05)

    def pages(self, advisor: Advisor) -> Pages:
        """Draws pages of what is on the shelf."""
        with self._lock:
            if self._pages is None:
                self._pages = Pages(advisor.shelf)
            return self._pages

    def close(self) -> None:
        """End child processes."""
        if self._pages is not None:
            self._pages.close()

    def switched_off(self, face: str) -> str | None:
        """Why a face is switched off, or None; looked up once a second."""
        at, reason = self._off.get(face, (0.0, None))
        if time.monotonic() - at >= _SWITCH_SECONDS:
            reason = self.switches.off(face)
            self._off[face] = (time.monotonic(), reason)
        return reason

    def _open(self) -> None:
        began = time.monotonic()
        try:
            advisor = Advisor.open(self.settings)
            # A search loads the models and the indexes, so the first asker does not wait.
            advisor.searcher.search("innovation", top=1)
            self._advisor, self._error = advisor, None
            self.people.keep_no_longer(self.settings.keep_days)
            log.info("ready", seconds=round(time.monotonic() - began, 1))
        except AdvisorError as error:
            self._error = error
            log.warning("not ready", code=error.code, message=error.message)
        except Exception as error:
            log.exception("opening failed")
            self._error = _CannotOpen(
                f"The assistant could not be opened ({type(error).__name__}). "
                "`advisor doctor` says what is wrong."
            )
        finally:
            self._tried = time.monotonic()
            self._opening = False


class _CannotOpen(AdvisorError):
    code = "starting"
