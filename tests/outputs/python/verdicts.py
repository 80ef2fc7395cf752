"""Compares a generated package with what Rust says of bytes (docs/vectors.md).

    verdicts.py PACKAGE_FOLDER PACKAGE MODEL_JSON LINES...

Prints the first lines that differ, then how many agree and how many differ; ends with 1 if one does.
"""

from __future__ import annotations

import importlib
import json
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any


class Package:
    """A generated package and the model that it was made from."""

    def __init__(self, folder: str, name: str, model: str) -> None:
        sys.path.insert(0, folder)
        self.model = json.loads(Path(model).read_text())
        self.enums = {item["id"]: item for item in self.model["enums"]}
        self.structs = {item["id"]: item for item in self.model["structs"]}
        package = importlib.import_module(name)
        self.package = package
        wire = "wire" if hasattr(package, "wire") else "wire_"
        self.wire: Any = importlib.import_module(f"{name}.{wire}")
        self.framing: Any = importlib.import_module(f"{name}.framing")
        self.modules: dict[str, ModuleType] = {}
        for module in self.model["modules"]:
            for file in [module["name"], module["name"] + "_"] if module["name"] else ["root"]:
                try:
                    self.modules[module["name"]] = importlib.import_module(f"{name}.{file}")
                    break
                except ModuleNotFoundError:
                    pass
        self.channels = {channel["module"]: channel for channel in self.model["channels"]}
        self.classes = {key: self._class(item) for key, item in self.structs.items()}
        self.numbers = {
            key: {entry["name"]: entry.get("value", entry.get("bit")) for entry in item["items"]}
            for key, item in self.enums.items()
        }

    def _class(self, item: Any) -> Any:
        module = self.modules[item["id"].rpartition(".")[0]]
        name = camel(item["name"])
        return getattr(module, name if hasattr(module, name) else name + "_")

    # Values as JSON

    def structure(self, item: Any, value: Any) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for field in item["fields"]:
            kind = field["type"]["kind"]
            if kind == "unix_fd" or "virtual" in field or (field.get("zero") and "if" not in field):
                continue
            if "counts" in field:
                shown[field["name"]] = number(self.counted(item, field, value))
            elif kind == "switch":
                self.switch(field, value, shown)
            else:
                shown[field["name"]] = self.value(field, field["type"], attribute(value, field["name"]))
        return shown

    def counted(self, item: Any, field: Any, value: Any) -> int:
        first = field["counts"][0]
        array = next(other for other in item["fields"] if other["name"] == first["field"])
        held = attribute(value, array["name"])
        return len(self.wire.encode_text(held) if isinstance(held, str) else held)

    def switch(self, field: Any, value: Any, shown: dict[str, Any]) -> None:
        arms = field["type"]["arms"]
        if len(arms) == 1 and "fixed_size" not in field["type"]:
            arm = arms[0]
            held = attribute(value, arm["name"])
            shown[arm["name"]] = None if held is None else self.value(arm, arm["type"], held)
            return
        held = attribute(value, field["name"])
        if held is None or type(held).__name__.rstrip("_").endswith("Other"):
            shown[field["name"]] = None
            return
        (member,) = held.__dataclass_fields__
        # Arms that share a name are told apart by what they hold.
        fits = [arm for arm in arms if python_name(arm["name"]) == member]
        arm = fits[0]
        if len(fits) > 1:
            arm = next(arm for arm in fits if type(held).__name__.lower().endswith(label_name(arm)))
        shown[field["name"]] = {arm["name"]: self.value(arm, arm["type"], getattr(held, member))}

    def value(self, field: Any, kind: Any, value: Any) -> Any:
        match kind["kind"]:
            case _ if value is None:
                return None
            case "int":
                return number(value)
            case "address":
                return hex(value)
            case "enum":
                return self.enum(kind["id"], value)
            case "struct":
                return self.structure(self.structs[kind["id"]], value)
            case "pointer":
                return self.value(field, kind["target"], value)
            case "array":
                return self.array(field, kind, value)
            case other:
                raise AssertionError(other)

    def array(self, field: Any, kind: Any, value: Any) -> Any:
        element = kind["element"]
        if element == {"kind": "int", "signed": False, "bits": 8}:
            if isinstance(value, str):
                data = self.wire.encode_text(value)
                try:
                    return data.decode()
                except UnicodeDecodeError:
                    return {"hex": data.hex()}
            assert isinstance(value, (bytes, memoryview)), type(value)
            return value.hex()
        assert isinstance(value, list), type(value)
        return [self.value(field, element, item) for item in value]

    def enum(self, key: str, value: Any) -> Any:
        item = self.enums[key]
        assert type(value).__name__.rstrip("_") == camel(item["name"]), (type(value), item["name"])
        if item["kind"] == "flags":
            return " | ".join(value.names)
        for entry in item["items"]:
            if entry["value"] == value:
                return entry["name"]
        return int(value)

    # Lines

    def check(self, line: Any) -> str | None:
        """What is wrong with a line; nothing, if all agrees."""
        data = bytes.fromhex(line["hex"])
        if "frames" in line:
            return self.frames(line, data)
        capabilities = frozenset(line.get("capabilities", ()))
        try:
            if "sub_messages" in line:
                messages = self.framing.parse_sub_messages(memoryview(data), line["sub_messages"])
                shown: Any = shown_messages(messages)
                return None if shown == line.get("value") else f"{shown}"
            value, rest, shown, name = self.parse(line, data, capabilities)
        except self.wire.DecodeError as error:
            ours = shown_error(error)
            theirs = line.get("error")
            return None if ours == theirs else f"refused: {ours}, Rust: {theirs or 'accepted'}"
        if "error" in line:
            return f"accepted, Rust: {line['error']}"
        if shown != line["value"]:
            return f"value: {json.dumps(shown)}, Rust: {json.dumps(line['value'])}"
        if len(rest) != line["trailing"]:
            return f"{len(rest)} bytes behind, Rust: {line['trailing']}"
        if "message" in line and name != line["message"]:
            return f"name {name}, Rust: {line['message']}"
        return self.written(line, data, value)

    def frames(self, line: Any, data: bytes) -> str | None:
        """Frames must come out the same, however the bytes come in, and give the same bytes again."""
        header = self.framing.HeaderKind[line["frames"].upper()]
        wanted = {key: line[key] for key in ("value", "rest", "error") if key in line}
        for step in {len(data) or 1, 7, max(len(data) // 3, 1)}:
            decoder = self.framing.FrameDecoder(header, limit=line["limit"])
            shown: dict[str, Any] = {"value": []}
            written = b""
            try:
                for start in range(0, len(data), step):
                    for frame in decoder.feed(data[start : start + step]):
                        shown["value"].append(
                            {
                                "kind": frame.kind,
                                "serial": number(frame.serial),
                                "sub_list": frame.sub_list,
                                "body": frame.data.hex(),
                            }
                        )
                        encoder = self.framing.FrameEncoder(header, next_serial=frame.serial)
                        if not frame.sub_list:
                            written += encoder.encode_body(frame.kind, frame.data)
                        else:
                            written = b"sub-messages"
                shown["rest"] = len(decoder.remaining)
            except self.wire.DecodeError as error:
                shown["error"] = shown_error(error)
            if shown != wanted:
                return f"in pieces of {step}: {json.dumps(shown)}, Rust: {json.dumps(wanted)}"
            if not written.startswith(b"sub-messages") and not data.startswith(written):
                return f"written as {written.hex()}"
        return self.inside(line, header, data)

    def inside(self, line: Any, header: Any, data: bytes) -> str | None:
        """Messages inside of frames must come out the same, and give the same bytes when they are written anew."""
        decoder = self.framing.FrameDecoder(header, limit=line["limit"])
        encoders = {kind: self.framing.FrameEncoder(kind) for kind in self.framing.HeaderKind}
        anew = {kind: b"" for kind in encoders}
        decoder.push(data)
        inside: list[Any] = []
        before: list[tuple[int, Any]] = []
        for _ in line["value"]:
            frame = decoder.next_frame()
            try:
                messages = frame.sub_messages()
            except self.wire.DecodeError as error:
                inside.append({"error": shown_error(error)})
                continue
            inside.append({"value": shown_messages(messages)})
            before += [(message.kind, message.body) for message in messages]
            if frame.kind != self.framing.LIST:
                for kind, encoder in encoders.items():
                    anew[kind] += encoder.encode_body(frame.kind, frame.body, before)
                before = []
        if inside != line["inside"]:
            return f"inside: {json.dumps(inside)}, Rust: {json.dumps(line['inside'])}"
        if any("error" in found for found in inside):
            return "written anew" if "anew" in line else None
        written = {kind.name.lower(): data.hex() for kind, data in anew.items()}
        return None if written == line["anew"] else f"anew: {written}, Rust: {line['anew']}"

    def parse(self, line: Any, data: bytes, capabilities: frozenset[int]) -> tuple[Any, memoryview, Any, Any]:
        module = self.modules[line["module"]]
        if "struct" in line:
            key = ".".join(part for part in (line["module"], line["struct"]) if part)
            value, rest = self.classes[key].parse(data, capabilities)
            return value, rest, self.structure(self.structs[key], value), None
        side = line["direction"]
        function = "parse_message" if side == "both" else f"parse_{side}_message"
        value, rest = getattr(module, function)(line["number"], data, capabilities)
        if isinstance(value, self.wire.UnknownMessage):
            return value, rest, bytes(value.body).hex(), None
        assert value.KIND == line["number"]
        body = next(
            message["body"]
            for message in self.channels[line["module"]][side]
            if message["number"] == line["number"]
        )
        return value, rest, self.structure(self.structs[body], value), value.NAME

    def written(self, line: Any, data: bytes, value: Any) -> str | None:
        try:
            written = value.to_bytes()
        except self.wire.EncodeError as error:
            path = error.path
            if "struct" in line and isinstance(value, self.wire.Message):
                # A structure alone has no message's name in front, though its class may be that of a message.
                path = path.removeprefix(f"{value.NAME}.")
            ours = {"kind": error.kind.value, "path": path}
            theirs = line.get("write_error")
            return None if ours == theirs else f"not written: {ours} {error}, Rust: {theirs or 'written'}"
        if "write_error" in line:
            return f"written, Rust: {line['write_error']}"
        wanted = data if line["written"] == "same" else bytes.fromhex(line["written"])
        if written != wanted:
            return f"written as {written.hex()}, Rust: {wanted.hex()}"
        if not isinstance(value, self.wire.UnknownMessage) and value.encoded_len() != len(written):
            return f"length {value.encoded_len()}, written {len(written)}"
        repr(value)
        return None


def shown_messages(messages: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "kind": sub.kind,
            "declared_size": sub.declared_size,
            "offset": sub.offset,
            "body": sub.body.hex(),
        }
        for sub in messages
    ]


def shown_error(error: Any) -> dict[str, Any]:
    return {
        "kind": error.kind.value,
        "offset": error.offset,
        "path": error.path,
        "needed": number(error.needed),
        "present": error.present,
        "text": str(error),
    }


def number(value: int) -> int | str:
    return int(value) if -(1 << 53) < value < 1 << 53 else str(int(value))


def words(name: str) -> list[str]:
    """The words of a name, as docs of the generator say."""
    found: list[str] = []
    for part in name.split("_"):
        word = ""
        for index, letter in enumerate(part):
            small_follows = part[index + 1 : index + 2].islower() and part[index + 1 : index + 2].isascii()
            starts = False
            if letter.isupper() and index:
                starts = (len(word) > 1 or small_follows) if part[index - 1].islower() else small_follows
            if starts and word:
                found.append(word)
                word = ""
            word += letter
        if word:
            found.append(word)
    return found


@cache
def camel(name: str) -> str:
    return "".join(word[0].upper() + word[1:].lower() for word in words(name))


@cache
def python_name(name: str) -> str:
    import keyword

    snake = "_".join(words(name)).lower()
    taken = {"cls", "encoded_len", "measure", "parse", "parse_all", "read", "self", "to_bytes", "write"}
    return snake + "_" if keyword.iskeyword(snake) or snake in taken else snake


def attribute(value: Any, name: str) -> Any:
    return getattr(value, python_name(name))


def label_name(arm: Any) -> str:
    return camel(arm["when"][0].get("item", "")).lower()


def main() -> int:
    folder, name, model, *files = sys.argv[1:]
    package = Package(folder, name, model)
    seen = 0
    wrong: list[str] = []
    for file in files:
        with open(file) as lines:
            for index, text in enumerate(lines, 1):
                line = json.loads(text)
                try:
                    found = package.check(line)
                except Exception as error:  # Anything else than the package's own errors is a mistake of it.
                    found = f"{type(error).__name__}: {error}"
                seen += 1
                if found:
                    wrong.append(f"{Path(file).name}:{index}: {line.get('name')}: {found}")
    for line in wrong[:20]:
        print(line[:2000])
    print(f"agree {seen - len(wrong)}, differ {len(wrong)}")
    return 1 if wrong or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
