"""Compares every field of every message that tshark shows with what `inspect --json` says of the same capture.

usage: fields.py TSHARK DISSECTOR MODEL INSPECT CAPTURE [KEY_LOG]

MODEL is the description as JSON. Prints what differs, then `agree N, differ M` of values.
"""

import collections
import json
import subprocess
import sys
from xml.etree import ElementTree

PREFIX = "spiceproto."


class Description:
    """What is needed of a description: which fields a structure has."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            model = json.load(file)
        self.structs = {item["id"]: item for item in model["structs"]}
        self.enums = {item["id"]: item for item in model["enums"]}
        self.channels = {item["name"]: item for item in model["channels"]}
        self.protocol = {item["name"]: item["channel"] for item in model["protocol"]["channels"]}

    def body(self, channel, side, number):
        """The structure of a message; none where the number is not known."""
        found = [item for item in self.channels[channel].get(side, []) if item["number"] == number]
        return found[0]["body"] if found else None

    def leaves(self, struct, value, path=""):
        """Values as (path, type, value), in the order of the description."""
        for field in self.structs[struct]["fields"]:
            kind = field["type"]["kind"]
            if kind == "switch":
                arms = {arm["name"]: arm for arm in field["type"]["arms"]}
                one = len(field["type"]["arms"]) == 1 and "fixed_size" not in field["type"]
                inside = value if one else value.get(field["name"]) or {}
                for name, arm in arms.items():
                    if inside.get(name) is not None:
                        yield from self.leaf(arm, inside[name], path)
            elif field["name"] in value:
                yield from self.leaf(field, value[field["name"]], path)

    def leaf(self, field, value, path):
        path = f"{path}.{field['name'].lower()}"
        of = field["type"]
        if value is None:
            return
        if of["kind"] == "pointer":
            of = of["target"]
        if of["kind"] == "array" and isinstance(value, list):
            values, of = value, of["element"]
        else:
            values = [value]
        for one in values:
            if of["kind"] == "struct":
                yield from self.leaves(of["id"], one, path)
            elif field.get("sensitive"):
                yield path, None, one
            else:
                yield path, of, one

    def same(self, of, wanted, shown):
        """Whether a field of tshark shows this value."""
        if of is None:
            return "hidden" in shown.get("showname", "") and not shown.get("show")
        text = shown.get("show", "")
        if of["kind"] in ("enum", "flags", "capabilities"):
            return int(text, 0) == self.number(of["id"], wanted)
        if of["kind"] in ("int", "address"):
            return int(text, 0) == (wanted if isinstance(wanted, int) else int(wanted, 0))
        if isinstance(wanted, dict):
            return bytes.fromhex(wanted["hex"]) == bytes.fromhex(shown.get("value", ""))
        # Bytes, or text: tshark shows what is up to the first zero byte.
        return text.replace(":", "") == wanted or text == wanted.split("\0")[0] \
            or bytes.fromhex(shown.get("value", "")) == wanted.encode()

    def number(self, enum, value):
        if isinstance(value, int):
            return value
        items = {item["name"]: item for item in self.enums[enum]["items"]}
        if value in items and "value" in items[value]:
            return items[value]["value"]
        masks = {name: item.get("mask", 0) for name, item in items.items()}
        number = 0
        for name in filter(None, value.split(" | ")):
            number |= int(name, 0) if name.startswith("0x") else next(
                mask for item, mask in masks.items() if name in (item, name_of_constant(enum, item)))
        return number


def name_of_constant(enum, item):
    """Names of flags are those of constants; one with a digit in front has the enumeration's last word before it."""
    return f"{enum.rsplit('_', 1)[-1].upper()}_{item}" if item[0].isdigit() else item.upper()


def shown_by(tshark, dissector, capture, keys):
    """What tshark shows, by stream: messages and agent messages, sub-messages before the message that holds them."""
    command = [tshark, "-X", f"lua_script:{dissector}", "-r", capture]
    command += ["-o", f"tls.keylog_file:{keys}"] if keys else []
    command += ["-T", "pdml", "-J", "spiceproto tcp", "-Y", "spiceproto"]
    streams = collections.defaultdict(lambda: {"server": [], "client": [], "agent": []})
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        for _, packet in ElementTree.iterparse(process.stdout):
            if packet.tag != "packet":
                continue
            stream = None
            for proto in packet.findall("proto"):
                fields = [field.attrib for field in proto.iter("field")]
                if proto.get("name") == "tcp":
                    stream = next(int(field["show"]) for field in fields if field["name"] == "tcp.stream")
                elif proto.get("name") == "spiceproto":
                    add(streams[stream], fields)
            packet.clear()
    return streams


def add(stream, fields):
    own = {}
    values = collections.defaultdict(list)
    for field in fields:
        name = field.get("name", "")
        if not name.startswith(PREFIX):
            continue
        name = name[len(PREFIX):]
        if "." in name:
            values["." + ".".join(name.split(".")[2:])].append(field)
        else:
            own.setdefault(name, field.get("show"))
    if "agent_message" in own:
        stream["agent"].append((own["agent_message"], values))
    elif "message" in own:
        messages = stream[own["from"]]
        place = len(messages)
        if "sub_message" in own:
            place -= 1
        messages.insert(place, (own["message"], values))


def main():
    tshark, dissector, model, inspect, capture = sys.argv[1:6]
    keys = sys.argv[6] if len(sys.argv) > 6 else None
    description = Description(model)
    streams = shown_by(tshark, dissector, capture, keys)
    counts = {"agree": 0, "differ": 0}

    def compare(where, name, struct, value, found):
        if found is None or found[0] != name:
            counts["differ"] += 1
            print(f"{where}: {name}, tshark has {found and found[0]}")
            return
        wanted = collections.defaultdict(list)
        for path, of, one in description.leaves(struct, value) if struct else ():
            wanted[path].append((of, one))
        for path, ones in wanted.items():
            fields = found[1].get(path, [])
            if len(fields) != len(ones):
                counts["differ"] += 1
                print(f"{where}: {name}{path}: {len(ones)} values, tshark has {len(fields)}")
                continue
            for (of, one), field in zip(ones, fields):
                good = description.same(of, one, field)
                counts["agree" if good else "differ"] += 1
                if not good:
                    print(f"{where}: {name}{path}: {str(one)[:80]}, tshark has {str(field)[:200]}")

    lines = subprocess.run(
        [inspect, "--messages", "--json", capture], check=True, capture_output=True, text=True).stdout
    for line in lines.splitlines():
        message = json.loads(line)
        side = message["direction"].split("_")[0]
        stream = streams[message["connection"]]
        where = f"{capture} packet {message['packet']}"
        channel = description.protocol[message["channel"]]
        struct = description.body(channel, side, message["number"]) if "value" in message else None
        name = message["name"] or f"message {message['number']}"
        compare(where, name, struct, message.get("value"), stream[side].pop(0) if stream[side] else None)
        for carried in message.get("carries", ()):
            if carried["protocol"] == "agent" and "error" not in carried:
                struct = description.body("AgentChannel", "both", carried["number"])
                found = stream["agent"].pop(0) if stream["agent"] else None
                compare(where, carried["name"], struct, carried.get("value"), found)
    for number, stream in streams.items():
        for side, left in stream.items():
            if left:
                counts["differ"] += len(left)
                print(f"{capture}: stream {number}, {side}: tshark has {len(left)} messages more, from {left[0][0]} on")
    print(f"agree {counts['agree']}, differ {counts['differ']}")
    sys.exit(1 if counts["differ"] else 0)


main()
