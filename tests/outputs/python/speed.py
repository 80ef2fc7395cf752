"""How many messages a generated package reads and writes in a second (docs/outputs/python.md).

    speed.py PACKAGE_FOLDER PACKAGE SESSIONS_JSONL
    speed.py --each PACKAGE_FOLDER PACKAGE LINES

The messages are those of recorded sessions, a line each (docs/vectors.md). With `--each` every line is a table's row of its own:
its name, what was done, nanoseconds.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any


def each(name: str, file: str) -> None:
    with open(file) as lines:
        for text in lines:
            line = json.loads(text)
            module = importlib.import_module(f"{name}.{line['module']}")
            parse = getattr(module, f"parse_{line['direction']}_message")
            number, body = line["number"], bytes.fromhex(line["hex"])
            value = parse(number, body)[0]
            for what, step in [("parse", lambda: parse(number, body)), ("write", value.to_bytes)]:
                print(f"{line['name']}\t{what}\t{nanoseconds(step):.3f}")


def nanoseconds(step: Callable[[], object]) -> float:
    """The median of three runs of at least 20 ms of processor time."""
    count = 16

    def run() -> int:
        start = time.process_time_ns()
        for _ in range(count):
            step()
        return time.process_time_ns() - start

    while run() < 20_000_000:
        count *= 2
    return sorted(run() / count for _ in range(3))[1]


def main() -> None:
    folder, name, file = sys.argv[-3:]
    if sys.argv[1] == "--each":
        sys.path.insert(0, folder)
        importlib.import_module(name)
        each(name, file)
        return
    sys.path.insert(0, folder)
    importlib.import_module(name)
    unknown = importlib.import_module(f"{name}.wire").UnknownMessage
    bodies: dict[str, list[tuple[Any, int, bytes]]] = defaultdict(list)
    with open(file) as lines:
        for text in lines:
            line = json.loads(text)
            if line.get("value") is None or "direction" not in line:
                continue
            module = importlib.import_module(f"{name}.{line['module']}")
            parse = getattr(module, f"parse_{line['direction']}_message")
            entry = parse, line["number"], bytes.fromhex(line["hex"])
            for group in ("all", f"{line['module']}.{line['message']}"):
                bodies[group].append(entry)
    print("| messages | bytes, on average | read in a second | written in a second |")
    print("|---|---|---|---|")
    for group, entries in sorted(bodies.items(), key=lambda item: -len(item[1]))[:8]:
        start = time.process_time()
        for parse, kind, body in entries:
            parse(kind, body)
        read = time.process_time() - start
        # As many values as are kept here would keep the collector of garbage busy.
        gc.disable()
        values = [parse(kind, body)[0] for parse, kind, body in entries]
        known = [value for value in values if not isinstance(value, unknown)]
        start = time.process_time()
        for value in known:
            value.to_bytes()
        written = time.process_time() - start
        gc.enable()
        size = sum(len(body) for _, _, body in entries) // len(entries)
        per_second = f"{len(entries) / read:,.0f} | {len(known) / written:,.0f}"
        print(f"| {len(entries):,} {group} | {size:,} | {per_second} |")


if __name__ == "__main__":
    main()
