"""The start of ArtDesk: the window without arguments or for one file, else the command line.

Imports stay inside the functions, so that `--version` and the window's first frame do not wait for
onnxruntime, and the command line does not wait for Qt.
"""

import sys
from pathlib import Path

import artdesk

OPENED_BY_DOUBLE_CLICK = (".artpack", ".png", ".jpg", ".jpeg", ".webp")


def main(argv: list[str] | None = None) -> int:
    """Start ArtDesk.

    Args:
        argv: The arguments without the program's name; None takes those of the process.

    Returns:
        The exit status: 0 done, 1 failed, 2 wrong usage.
    """
    arguments = sys.argv[1:] if argv is None else argv
    if arguments == ["--version"]:
        sys.stdout.write(f"artdesk {artdesk.__version__}\n")
        return 0
    file = file_to_open(arguments)
    if arguments and file is None:
        from artdesk.cli.main import main as command_line

        return command_line(arguments)
    from artdesk.ui.app import main as window

    return window(file)


def file_to_open(arguments: list[str]) -> Path | None:
    """The picture or model that a desktop hands over on a double click, if that is all."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        return None
    path = Path(arguments[0])
    return path.absolute() if path.suffix.lower() in OPENED_BY_DOUBLE_CLICK else None


if __name__ == "__main__":
    sys.exit(main())
