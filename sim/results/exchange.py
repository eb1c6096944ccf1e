"""Exchange two folders in one step, where the system can."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

_HERE = -100
"""AT_FDCWD of <fcntl.h>: relative paths start at the working folder."""
_EXCHANGE = 2
"""RENAME_EXCHANGE of <linux/fs.h>."""
_UNABLE = {errno.ENOSYS, errno.EINVAL, errno.EXDEV, errno.ENOTSUP}


def exchanged(one: Path, other: Path) -> bool:
    """Exchange the names of two folders atomically; return False where system or disk cannot do it.

    Raises:
        OSError: it can, but not with these two.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    fault = ctypes.get_errno()
    if fault in _UNABLE:
        return False
    raise OSError(fault, os.strerror(fault), str(other))
