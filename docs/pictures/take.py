"""Bring the screenshots of the browser tests into the documentation, small.

    python docs/pictures/take.py ARTEFACTS PICTURES

Only pictures that the documentation already shows are taken; a new one is copied by hand once.
"""

import sys
from pathlib import Path

from PIL import Image

_COLOURS = 64
"""Screens are flat: this many lose nothing that a reader sees, and a quarter of the bytes stay."""

source, target = Path(sys.argv[1]), Path(sys.argv[2])
for picture in sorted(target.glob("*.png")):
    taken = source / picture.name
    if taken.exists():
        Image.open(taken).convert("RGB").quantize(_COLOURS).save(picture, optimize=True)
        sys.stdout.write(f"{picture.name}\n")
