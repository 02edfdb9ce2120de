"""From rows to moments, for tests only: the oracles work on the rows themselves."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from abstats.inference import Effect
from abstats.moments import Moments

COUNTLESS = (
    "control_n",
    "treatment_n",
    "test",
    "status",
    "status_reason",
    "region",
    "counts",
)


def read_columns(path: Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Columns of a CSV file as text arrays."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([row[name] for row in rows]) for name in names}


def arms(group: np.ndarray, labels: Sequence[object], **columns: np.ndarray) -> list[Moments]:
    """Moments of each labelled arm."""
    rows = np.column_stack([np.asarray(values, dtype=np.float64) for values in columns.values()])
    return [Moments.from_rows(tuple(columns), rows[group == label]) for label in labels]


def share(events: int, n: int) -> Moments:
    """Moments of a 0/1 column."""
    p = events / n
    return Moments(("y",), n, np.array([p]), np.array([[p * (1 - p) * n / max(n - 1, 1)]]))


def batch_moments(columns: tuple[str, ...], rows: np.ndarray) -> list[Moments]:
    """Moments of many samples at once; rows has shape (samples, n, columns)."""
    n = rows.shape[1]
    mean = rows.mean(axis=1)
    centred = rows - mean[:, None, :]
    cov = np.einsum("sni,snj->sij", centred, centred) / (n - 1)
    return [Moments(columns, n, m, c) for m, c in zip(mean, cov, strict=True)]


def numbers(effect: Effect) -> dict[str, float]:
    """The numeric fields of an effect."""
    return {k: v for k, v in effect._asdict().items() if k not in COUNTLESS}
