"""Runs before ArtDesk in the packed app: without fonts of the system, those in the app are used."""

import os
import sys
from pathlib import Path

_FONTS = Path(getattr(sys, "_MEIPASS", ".")) / "fonts" / "fonts.conf"
if "FONTCONFIG_FILE" not in os.environ and not Path("/etc/fonts/fonts.conf").is_file():
    os.environ["FONTCONFIG_FILE"] = str(_FONTS)
