"""`artdesk collection`: the works that pictures are painted from, and the artist's own."""

import argparse
from pathlib import Path

from artdesk.cli import common, options
from artdesk.cli.generate import picture_name
from artdesk.cli.progress import ProgressBar
from artdesk.core.errors import PictureError, RecipeError
from artdesk.engine.memory.bank import SHIPPED, WorkBank
from artdesk.engine.pipeline import Engine
from artdesk.pictures import files as pictures
from artdesk.studio import own_collections


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, summary: str) -> argparse.ArgumentParser:
        part = actions.add_parser(name, help=summary, description=summary.capitalize() + ".")
        options.add_engine_options(part)
        return part

    listing = action("list", "list the collections, or the works of one")
    listing.add_argument("name", nargs="?", metavar="NAME", help=f"such as “{SHIPPED}”")
    listing.add_argument("--json", action="store_true", help="print the works as JSON")
    show = action("show", "draw a work from what is remembered of it")
    show.add_argument("work", metavar="WORK")
    show.add_argument(
        "-o", "--output", type=picture_name, required=True, metavar="OUT", help="file to write"
    )
    options.add_overwrite_option(show, "a picture")
    credit = action("credits", "name the artists, years and licences of all works")
    credit.add_argument("name", nargs="?", metavar="NAME", help="only of this collection")
    add = action("add", "remember your own pictures")
    add.add_argument("files", nargs="+", type=Path, metavar="PICTURE", help="files and folders")
    add.add_argument("--name", required=True, help="of the collection; made if there is none")
    remove = action("remove", "forget works, or a whole collection of yours")
    remove.add_argument("name", metavar="NAME")
    remove.add_argument("works", nargs="*", metavar="WORK", help="all of them where none is named")
    export = action("export", "write a collection of yours as a pack for others")
    export.add_argument("name", metavar="NAME")
    export.add_argument("file", type=Path, metavar="FILE", help="ends in .artpack")
    options.add_overwrite_option(export, "a pack")
    take = action("import", "keep a pack of somebody else")
    take.add_argument("file", type=Path, metavar="FILE")


def run(arguments: argparse.Namespace) -> int:
    """Do what is asked; returns the exit status."""
    engine = common.start_engine(arguments)
    action = arguments.action
    if action == "add":
        return _add(engine, arguments)
    if action == "remove":
        count = own_collections.remove(engine, arguments.name, arguments.works)
        print(f"{count} works of “{arguments.name}” are forgotten; pictures made of them stay.")
        return 0
    if action == "export":
        if arguments.file.suffix.lower() != ".artpack":
            raise RecipeError("A collection is written as a pack: end the file name in .artpack.")
        common.refuse_taken(arguments.file, arguments.overwrite)
        own_collections.export(arguments.name, engine.memory.tokenizer, arguments.file)
        print(arguments.file)
        return 0
    if action == "import":
        print(f"“{own_collections.take(engine, arguments.file)}” is among your collections.")
        return 0
    if action == "show":
        common.refuse_taken(arguments.output, arguments.overwrite)
        pixels = engine.work_pixels(arguments.work)
        if pixels is None:
            raise RecipeError(
                f"No work is called “{arguments.work[:64]}”: see “artdesk collection list”."
            )
        pictures.save_pixels(arguments.output, pixels, replace=arguments.overwrite)
        print(arguments.output)
        return 0
    _list(arguments, engine.memory.bank if engine.memory.remembers else None)
    return 0


def _add(engine: Engine, arguments: argparse.Namespace) -> int:
    with ProgressBar("Remembering", 1) as bar:
        added = own_collections.add(
            engine,
            arguments.name,
            arguments.files,
            arguments.threads,
            lambda done, total: bar.update(done / total),
        )
    for sentence in added.failed:
        common.note(f"Note: {sentence}")
    if not added.works and not added.known:
        raise PictureError("None of these pictures can be remembered: see the notes above.")
    again = f", {added.known} were there already" if added.known else ""
    print(f"{len(added.works)} pictures are remembered in “{arguments.name}”{again}.")
    return 0


def _list(arguments: argparse.Namespace, bank: WorkBank | None) -> None:
    if bank is None:
        print("Nothing is remembered: artdesk collection add FOLDER --name “My ink”.")
        return
    if arguments.name is not None and arguments.name not in bank.names:
        known = ", ".join(f"“{name}”" for name in bank.names)
        raise RecipeError(f"No collection is called “{arguments.name[:60]}”: there are {known}.")
    chosen = bank.members([arguments.name] if arguments.name else [])
    numbers = [number for number in range(len(bank)) if chosen[number]]
    if arguments.action == "credits":
        for line in sorted({_credit(bank, number) for number in numbers}):
            print(line)
    elif arguments.json:
        common.print_json(
            [
                {
                    "id": work.id,
                    "collection": bank.collection_of(number),
                    "credit": work.credit,
                    "source": work.source,
                    "licence": work.licence,
                }
                for number in numbers
                if (work := bank.work(number))
            ]
        )
    elif arguments.name is None:
        for name in bank.names:
            print(f"{name}: {int(bank.members([name]).sum())} works")
    else:
        for number in numbers:
            print(f"{bank.work(number).id}  {bank.work(number).credit}")


def _credit(bank: WorkBank, number: int) -> str:
    work = bank.work(number)
    return f"{work.credit} ({work.licence})" if work.licence else work.credit
