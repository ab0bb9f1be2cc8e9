"""The start of ArtDesk: the window without arguments, the command line with them.

Imports stay inside the functions, so that `--version` and the window's first frame do not wait for
onnxruntime, and the command line does not wait for Qt.
"""

import sys

import artdesk


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
    if arguments:
        from artdesk.cli.main import main as command_line

        return command_line(arguments)
    from artdesk.ui.app import main as window

    return window()


if __name__ == "__main__":
    sys.exit(main())
