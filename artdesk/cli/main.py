"""The command line: reads the arguments and turns every failure into one plain sentence."""

import io
import os
import sys
import warnings
from contextlib import suppress

import artdesk
from artdesk.cli import (
    batch,
    bench,
    check,
    collection,
    cross,
    edit,
    explain,
    generate,
    info,
    morph,
    render,
)
from artdesk.cli.options import Parser
from artdesk.core import log
from artdesk.core.errors import ArtDeskError, Cancelled, OutputError
from artdesk.core.paths import data_folder

COMMANDS = {
    "generate": (generate, "make pictures from words, palette, sketch and sliders"),
    "batch": (batch, "make many pictures from choices of words, settings and seeds"),
    "info": (info, "show what is stored in a picture, a recipe or a model bundle"),
    "render": (render, "make a picture again from its file or from a recipe"),
    "morph": (morph, "turn pictures into each other, as a moving picture"),
    "edit": (edit, "draw a part of a picture again, or vary it"),
    "cross": (cross, "composition of one picture, colours of another, touch of a third"),
    "explain": (explain, "show how sure the model is of a picture and what words do in it"),
    "collection": (collection, "list, see, add and share the works that pictures come from"),
    "check": (check, "check the model and draw its self-test"),
    "bench": (bench, "measure how fast this machine is"),
}
CANCELLED = 130


def build_parser() -> Parser:
    """The parser of all commands."""
    parser = Parser(
        prog="artdesk",
        description="An offline studio for abstract pictures. Without a command the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"artdesk {artdesk.__version__}")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=Parser
    )
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
        module.add_options(command)
    return parser


def main(argv: list[str]) -> int:
    """Run one command.

    Returns:
        0 done, 1 failed, 2 wrong usage, 130 cancelled.
    """
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 2
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks a letter is no failure
    module = COMMANDS[arguments.command][0]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on odd files; faults still raise
            status: int = module.run(arguments)
        sys.stdout.flush()
        return status
    except ArtDeskError as error:
        return _fail(arguments.command, str(error), 1)
    except (KeyboardInterrupt, Cancelled):
        return CANCELLED
    except BrokenPipeError:
        # Whoever read our output has closed it; keep Python from complaining at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except MemoryError:
        return _fail(arguments.command, "The memory is used up: choose a smaller size.", 1)
    except Exception as error:  # noqa: BLE001 - the edge of the program: logged, never shown raw
        return _fail(arguments.command, _unexpected(error), 1)


def _fail(command: str, sentence: str, status: int) -> int:
    with suppress(OSError):
        print(f"artdesk {command}: {sentence}", file=sys.stderr)
    return status


def _unexpected(error: Exception) -> str:
    """Log an error that nobody foresaw and say where."""
    what = f"Something unexpected went wrong ({type(error).__name__})"
    try:
        log.start_log(data_folder() / "log")
    except OutputError:
        return f"{what}, and no log could be written: please report what you did."
    log.logger.critical("unexpected error on the command line", exc_info=error)
    log.stop_log()
    return f"{what}: the details are in {data_folder() / 'log' / log.LOG_NAME}, please report it."
