"""The training commands: `python -m training COMMAND`, run from the root of the checkout.

Every command lives in a module of its own that is imported when the command runs, so that
`--help` does not wait for torch.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import typer
from rich.console import Console

from artdesk.core.errors import ArtDeskError

COMMANDS = {
    "corpus": ("training.cli.corpus", "Import paintings and construct pictures into a corpus."),
    "text": ("training.cli.text", "Train the word encoder and build the word table."),
    "tokenizer": ("training.cli.tokenizer", "Train the tokenizer: encoder, codebook and decoder."),
    "decoder": ("training.cli.decoder", "Finish the decoder against a critic."),
    "prior": ("training.cli.prior", "Train the sketch prior and the detail prior."),
    "evaluate": (
        "training.cli.evaluate",
        "Measure reconstructions and samples; contact sheets.",
    ),
    "figures": ("training.cli.figures", "Quality of folders of pictures against real ones."),
    "export": ("training.cli.export", "Write the int8 bundle that the app loads."),
    "memory": ("training.cli.memory", "Remember works: encode corpora into a bundle."),
    "train": ("training.cli.train", "The whole chain: from a folder of pictures to a bundle."),
}


def _runner(name: str, module: str) -> Callable[[typer.Context], None]:
    """The function behind one command: import its module and hand the arguments on."""

    def run(context: typer.Context) -> None:
        importlib.import_module(module).app(
            args=list(context.args), prog_name=f"python -m training {name}"
        )

    return run


def build_app() -> typer.Typer:
    """The top command, with one lazy entry for each training module."""
    app = typer.Typer(
        help="Train ArtDesk's models and export what the app loads.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for name, (module, summary) in COMMANDS.items():
        app.command(
            name,
            help=summary,
            add_help_option=False,
            context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
        )(_runner(name, module))
    # typer turns an app with one command into that command; the callback keeps it a group.
    app.callback()(lambda: None)
    return app


def check_models_package() -> None:
    """Refuse to train with a foreign package that happens to be called `models`.

    Raises:
        ArtDeskError: `models` is found somewhere else than beside `training`.
    """
    spec = importlib.util.find_spec("models")
    here = Path(__file__).resolve().parents[1]
    if spec is None or spec.origin is None or Path(spec.origin).resolve().parents[1] != here:
        raise ArtDeskError(
            f"The package 'models' is not the one of ArtDesk; run 'python -m training' in {here}."
        )


def main() -> None:
    """Run the training command line; an expected failure is one line and exit status 1."""
    try:
        check_models_package()
        build_app()(prog_name="python -m training")
    except ArtDeskError as error:
        Console(stderr=True).print(f"Error: {error}", style="red", markup=False, highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
