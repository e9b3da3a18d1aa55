"""Root of the command line: groups, plug-in commands and one place for errors."""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points

import typer

from assistant.cli import (
    advice,
    ask,
    doctor,
    index,
    mcp,
    models,
    operate,
    people,
    review,
    safekeeping,
    serve,
    shelf_work,
)
from assistant.cli.output import print_json
from corpus.errors import AdvisorError

app = typer.Typer(
    name="advisor",
    help="Ask ITU-D's innovation documents and get answers that cite the clauses they stand on.\n\n"
    'First steps: `advisor corpus starter`, `advisor index sync`, `advisor ask "..."`. '
    "All state lives in ADVISOR_DATA_DIR; `advisor doctor` says what is wrong and how to mend it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(shelf_work.app, name="corpus")
app.add_typer(index.app, name="index")
app.add_typer(models.app, name="models")
app.add_typer(people.users, name="users")
app.add_typer(operate.database_app, name="database")
app.add_typer(people.keys, name="keys")
app.command("search")(ask.search)
app.command("ask")(ask.ask)
app.command("mandate")(advice.mandate)
app.command("compare")(advice.compare)
app.add_typer(advice.draft_app, name="draft")
app.add_typer(review.app, name="review")
app.command("serve")(serve.serve)
app.command("worker")(serve.worker)
app.command("mcp")(mcp.mcp)
app.command("doctor")(doctor.doctor)
app.command("key")(operate.key)
app.command("switch")(operate.switch)
app.command("backup")(safekeeping.backup)
app.command("restore")(safekeeping.restore)

for plugin in entry_points(group="advisor.commands"):
    app.add_typer(plugin.load(), name=plugin.name)


@app.callback()
def _begin() -> None:
    from assistant.operating import logs

    logs.configure(server=False)


def main() -> None:
    """Run the command line.

    Exit codes: 0 done, 1 done with findings, 2 an error with advice, 3 a fault of this program
    (ADVISOR_DEBUG=1 shows where), 130 interrupted.
    """
    _quiet_libraries()
    try:
        app()
    except AdvisorError as error:
        _say(error.code, error.message)
        raise SystemExit(2) from None
    except (KeyboardInterrupt, BrokenPipeError):
        raise SystemExit(130) from None
    except Exception as error:
        if os.environ.get("ADVISOR_DEBUG"):
            raise
        _say(
            "internal-error",
            f"Something went wrong inside the program ({type(error).__name__}). `advisor doctor` "
            "may say why; ADVISOR_DEBUG=1 shows where.",
        )
        raise SystemExit(3) from None


def _say(code: str, message: str) -> None:
    """An error as JSON where JSON was asked for, else in red on standard error."""
    if "--json" in sys.argv:
        print_json({"error": {"code": code, "message": message}})
    else:
        typer.secho(message, err=True, fg="red")


def _quiet_libraries() -> None:
    """Nothing on this command line may reach for a hub or report home."""
    for name, value in {
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "ANONYMIZED_TELEMETRY": "False",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "TRANSFORMERS_VERBOSITY": "error",
    }.items():
        os.environ.setdefault(name, value)
