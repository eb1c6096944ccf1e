"""Say which runs were there already, which failed, what that leaves out, and where the finished ones are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def reused_line(manifest: Mapping[str, Any]) -> str:
    """Return the sentence on runs that were not simulated again."""
    runs = manifest["reused_runs"]
    return f"{runs} run{'s' if runs > 1 else ''} had been finished by an earlier command and kept."


def failure_lines(manifest: Mapping[str, Any], kept_line: str) -> Iterator[str]:
    """Yield what the person at the screen should know of runs that failed; nothing when none did.

    Args:
        manifest: of the results.
        kept_line: the sentence that says where the finished runs are.
    """
    failures, left_out = manifest["failures"], manifest["left_out"]
    for failure in failures:
        yield f"failed: {failure['scenario']}, seed {failure['seed']}: {failure['message']}"
    if left_out:
        runs = ", ".join(f"{run['scenario']} seed {run['seed']}" for run in left_out)
        yield f"left out of the results, because another run of the same seed failed: {runs}"
    if failures:
        yield f"{kept_line} The same command with --force simulates only what failed."
