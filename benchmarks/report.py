"""What was measured, for people as tables and for programs as JSON."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.rounds import Contender

WIDTH = 110


@dataclass(frozen=True)
class Target:
    """What was promised, and what was measured."""

    promise: str
    most: float
    measured: float
    unit: str = ""

    @property
    def kept(self) -> bool:
        """Whether the measured value is at most what was promised."""
        return self.measured <= self.most


@dataclass
class Report:
    """One benchmark's outcome: tables of text, the numbers behind them, promises."""

    name: str
    title: str
    tables: list[Table] = field(default_factory=list)
    numbers: dict[str, Any] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def show(self, console: Console) -> None:
        """Print it."""
        console.rule(f"[bold]{self.name}[/]: {self.title}", align="left")
        for table in self.tables:
            console.print(table)
        for note in self.notes:
            console.print(f"[dim]{note}[/]")
        for target in self.targets:
            word = "[green]kept[/]  " if target.kept else "[red]missed[/]"
            console.print(
                f"{word} {target.promise}: {target.measured:.2f}{target.unit},"
                f" at most {target.most:.2f}{target.unit}"
            )
        console.print()

    def as_json(self) -> dict[str, Any]:
        """Return the numbers."""
        return {
            "title": self.title,
            **self.numbers,
            "targets": [
                {"promise": one.promise, "most": one.most, "measured": one.measured,
                 "kept": one.kept}
                for one in self.targets
            ],
            "notes": self.notes,
        }  # fmt: skip


def contest_table(contenders: Sequence[Contender], reference: Contender) -> Table:
    """Return a table of contenders; ratios are of CPU to *reference* in the same rounds."""
    table = plain_table(
        "", "processes", "CPU µs", "least-most", "ratio", "responses/s", "p50 ms", "p99 ms"
    )
    for one in contenders:
        used = [each.cpu_us for each in one.rounds]
        table.add_row(
            one.name,
            str(len(one.pids)),
            f"{one.median('cpu_us'):.0f}",
            f"{min(used):.0f}-{max(used):.0f}",
            f"{one.ratio_to(reference):.2f}",
            f"{one.median('per_s'):.0f}",
            f"{one.median('p50_ms'):.1f}",
            f"{one.median('p99_ms'):.1f}",
        )
    return table


def contest_numbers(contenders: Sequence[Contender], reference: Contender) -> dict[str, Any]:
    """Return what ``contest_table`` shows, with every round."""
    return {
        one.name: {
            "processes": len(one.pids),
            "cpu_us": one.median("cpu_us"),
            "per_s": one.median("per_s"),
            "p50_ms": one.median("p50_ms"),
            "p99_ms": one.median("p99_ms"),
            "cpu_ratio": one.ratio_to(reference),
            "rounds": [each._asdict() for each in one.rounds],
        }
        for one in contenders
    }


def plain_table(*columns: str) -> Table:
    """Return an empty table with numbers to the right of a first column of names."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for position, column in enumerate(columns):
        table.add_column(column, justify="right" if position else "left", no_wrap=not position)
    return table


def machine() -> dict[str, Any]:
    """Return what the numbers were measured on."""
    import os

    return {
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
    }
