"""PNG files hold the pixels they were given and the size they print at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from sim.plots.png import write_png


def test_every_pixel_and_the_resolution_are_read_back(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (7, 5, 3), np.uint8)
    write_png(tmp_path / "a.png", pixels, 150)
    with Image.open(tmp_path / "a.png") as image:
        image.verify()  # the checksum of every chunk
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "RGB"
        assert np.array_equal(np.asarray(image), pixels)
        assert round(image.info["dpi"][0]) == 150
