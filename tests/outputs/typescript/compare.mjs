// Compares a generated package with what Rust says of bytes (docs/vectors.md), in node and in browsers.

/**
 * What compares: `check(line)` of an object of a line gives what is wrong with it, or nothing. `model` is the description as JSON;
 * `load(name)` imports a compiled module of the package, by its name without suffix.
 */
export async function comparer(model, load) {
  /** A module of the package; a name that the package needs itself has an underscore behind it. */
  const either = (name) => load(name).catch(() => load(`${name}_`));
  wire = await either("wire");
  framing = await either("framing");
  modules = new Map();
  for (const { name } of model.modules) {
    // A module with nothing in it has no file.
    modules.set(name, await either(words(name).join("_").toLowerCase() || "root").catch(() => ({})));
  }
  enums = new Map(model.enums.map((item) => [item.id, item]));
  structs = new Map(model.structs.map((item) => [item.id, item]));
  channels = new Map(model.channels.map((channel) => [channel.module, channel]));
  return (line) => {
    try {
      return check(line);
    } catch (error) {
      // Anything else than the package's own errors is a mistake of it.
      return error.stack;
    }
  };
}

let wire, framing, modules, enums, structs, channels;

// Names

/** The words of a name, as the generator cuts them. */
function words(name) {
  const found = [];
  const upper = (letter) => letter !== undefined && letter >= "A" && letter <= "Z";
  const lower = (letter) => letter !== undefined && letter >= "a" && letter <= "z";
  for (const part of name.split("_")) {
    let word = "";
    [...part].forEach((letter, index) => {
      const before = part[index - 1];
      const follows = lower(part[index + 1]);
      const starts = upper(letter) && before !== undefined && (lower(before) ? word.length > 1 || follows : follows);
      if (starts && word !== "") {
        found.push(word);
        word = "";
      }
      word += letter;
    });
    if (word !== "") found.push(word);
  }
  return found;
}

function upperCamel(name) {
  return words(name)
    .map((word) => word[0].toUpperCase() + word.slice(1).toLowerCase())
    .join("");
}

function lowerCamel(name) {
  const camel = upperCamel(name);
  return camel.slice(0, 1).toLowerCase() + camel.slice(1);
}

/** A property of a structure; names that only snake case tells apart keep it. */
function property(item, name) {
  const camel = lowerCamel(name);
  const shown = item.fields.map((field) => (isOptional(field) ? field.type.arms[0].name : field.name));
  const same = shown.filter((other) => lowerCamel(other) === camel).length;
  return same > 1 ? words(name).join("_").toLowerCase() : camel;
}

function constant(list, name) {
  const found = words(name);
  if (!/^[A-Za-z]/.test(found[0] ?? "")) found.unshift(words(list).at(-1) ?? "");
  return found.join("_").toUpperCase();
}

// Values as JSON

const isOptional = (field) =>
  field.type.kind === "switch" && field.type.arms.length === 1 && field.type.fixed_size === undefined;
const number = (value) => {
  const big = BigInt(value);
  return big > -(1n << 53n) && big < 1n << 53n ? Number(big) : String(big);
};
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const hex = (bytes) => {
  let text = "";
  for (const byte of bytes) text += DIGITS[byte];
  return text;
};

/** Bytes that are not at the start of their buffer, as those of connections are not. */
function bytesOf(text) {
  const bytes = new Uint8Array(2 + text.length / 2);
  for (let i = 0; i < text.length; i += 2) bytes[2 + i / 2] = Number.parseInt(text.slice(i, i + 2), 16);
  return bytes.subarray(2);
}

function structure(item, value) {
  const shown = {};
  for (const field of item.fields) {
    const kind = field.type.kind;
    if (kind === "unix_fd" || "virtual" in field || (field.zero && !("if" in field))) continue;
    const name = property(item, isOptional(field) ? field.type.arms[0].name : field.name);
    if (field.counts) {
      if (name in value) throw new Error(`a count is handed out: ${name}`);
      const array = item.fields.find((other) => other.name === field.counts[0].field);
      shown[field.name] = number(value[property(item, array.name)].length);
      continue;
    }
    if (!(name in value)) throw new Error(`no property ${name}`);
    if (field.sensitive && Object.keys(value).includes(name)) throw new Error(`${name} is shown`);
    if (isOptional(field)) {
      const [arm] = field.type.arms;
      shown[arm.name] = value[name] === null ? null : member(arm, arm.type, value[name]);
    } else if (kind === "switch") {
      shown[field.name] = choice(field, value[name]);
    } else {
      shown[field.name] = member(field, field.type, value[name]);
    }
  }
  return shown;
}

function choice(field, value) {
  if (value === null || (value.kind === "other" && field.type.fixed_size !== undefined)) return null;
  const { arms } = field.type;
  const list = enums.get(field.type.selector_type ?? field.type.by?.id ?? "");
  const shared = new Set(arms.map((arm) => arm.name)).size < arms.length;
  const kindOf = (arm) => {
    const [label] = arm.when;
    return shared && label.item !== undefined ? lowerCamel(constant(list?.name ?? "", label.item)) : lowerCamel(arm.name);
  };
  const arm = arms.find((arm) => kindOf(arm) === value.kind);
  if (arm === undefined) throw new Error(`no case ${value.kind}`);
  return { [arm.name]: member(arm, arm.type, value.value) };
}

function member(field, kind, value) {
  if (value === null) return null;
  switch (kind.kind) {
    case "int":
      if (typeof value !== (kind.bits === 64 ? "bigint" : "number")) throw new Error(`${field.name}: ${typeof value}`);
      return number(value);
    case "address":
      return `0x${value.toString(16)}`;
    case "enum":
      return enumeration(enums.get(kind.id), value);
    case "struct":
      return structure(structs.get(kind.id), value);
    case "pointer":
      return member(field, kind.target, value);
    case "array":
      return array(field, kind, value);
    default:
      throw new Error(`type ${kind.kind}`);
  }
}

function array(field, kind, value) {
  const { element } = kind;
  if (element.kind === "int" && element.bits === 8 && !element.signed) {
    if (!(value instanceof Uint8Array)) throw new Error(`${field.name} is no Uint8Array`);
    if (!field.text || typeof kind.length === "number" || kind.length?.kind === "constant") return hex(value);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
    } catch {
      return { hex: hex(value) };
    }
  }
  if (!Array.isArray(value)) throw new Error(`${field.name} is no array`);
  return value.map((one) => member(field, element, one));
}

function enumeration(item, value) {
  if (typeof value !== "number") throw new Error(`${item.name}: ${typeof value}`);
  if (item.kind !== "flags") return item.items.find((entry) => entry.value === value)?.name ?? value;
  const names = [];
  let left = BigInt(value);
  for (const entry of item.items) {
    const mask = 1n << BigInt(entry.bit ?? entry.value);
    if ((left & mask) !== 0n) {
      names.push(constant(item.name, entry.name));
      left &= ~mask;
    }
  }
  if (left !== 0n) names.push(`0x${left.toString(16)}`);
  return names.join(" | ");
}

// Lines

function shownError(error) {
  const { kind, offset, path, needed, present, message } = error;
  return { kind, offset, path, needed: number(needed), present, text: message };
}

/** Whether two values are the same, whatever the order of an object's members. */
function same(ours, theirs) {
  if (ours === theirs) return true;
  if (typeof ours !== "object" || typeof theirs !== "object" || ours === null || theirs === null) return false;
  if (Array.isArray(ours) !== Array.isArray(theirs)) return false;
  const keys = Object.keys(ours);
  return keys.length === Object.keys(theirs).length && keys.every((key) => key in theirs && same(ours[key], theirs[key]));
}

/** What is wrong with a line; nothing, if all agrees. */
function check(line) {
  const bytes = bytesOf(line.hex);
  if (line.frames !== undefined) return frames(line, bytes);
  let found;
  try {
    if (line.sub_messages !== undefined) {
      const shown = framing.parseSubMessages(bytes, line.sub_messages).map(shownSub);
      return same(shown, line.value) ? null : JSON.stringify(shown);
    }
    found = parse(line, bytes);
  } catch (error) {
    if (!(error instanceof wire.DecodeError)) throw error;
    const ours = shownError(error);
    if (same(ours, line.error)) return null;
    return `refused: ${JSON.stringify(ours)}, Rust: ${JSON.stringify(line.error ?? "accepted")}`;
  }
  if (line.error !== undefined) return `accepted, Rust: ${JSON.stringify(line.error)}`;
  if (!same(found.shown, line.value)) {
    return `value: ${JSON.stringify(found.shown)}, Rust: ${JSON.stringify(line.value)}`;
  }
  if (found.trailing !== line.trailing) return `${found.trailing} bytes behind, Rust: ${line.trailing}`;
  if (line.message !== undefined && found.name !== line.message) return `name ${found.name}, Rust: ${line.message}`;
  return written(line, bytes, found.encode);
}

/** Writing a value must give the bytes that Rust writes, or its error. */
function written(line, bytes, encode) {
  let out;
  try {
    out = encode();
  } catch (error) {
    if (!(error instanceof wire.EncodeError)) throw error;
    const ours = { kind: error.kind, path: error.path };
    if (same(ours, line.write_error)) return null;
    return `not written: ${error.message}, Rust: ${JSON.stringify(line.write_error ?? "written")}`;
  }
  if (line.write_error !== undefined) return `written, Rust: ${JSON.stringify(line.write_error)}`;
  const wanted = line.written === "same" ? hex(bytes) : line.written;
  return hex(out) === wanted ? null : `written as ${hex(out)}, Rust: ${wanted}`;
}

function parse(line, bytes) {
  const module = modules.get(line.module);
  const r = new wire.Reader(bytes, new Set(line.capabilities ?? []));
  if (line.struct !== undefined) {
    const item = structs.get(line.module === "" ? line.struct : `${line.module}.${line.struct}`);
    const named = (verb) => module[`${verb}${upperCamel(item.name)}`] ?? module[`${verb}${upperCamel(item.name)}_`];
    const value = named("parse")(r);
    const encode = () => named("encode")(value);
    return { encode, shown: structure(item, value), trailing: r.trailing().length };
  }
  const side = line.direction === "both" ? "" : upperCamel(line.direction);
  const value = module[`parse${side}Message`](line.number, r);
  const trailing = r.trailing().length;
  if (value.number !== line.number) throw new Error(`number ${value.number}`);
  const encode = () => module[`encode${side}Message`](value);
  if (value.kind === "unknown") return { encode, shown: hex(value.body), trailing, name: null };
  const message = channels.get(line.module)[line.direction].find((message) => message.number === line.number);
  if (value.kind !== lowerCamel(message.name)) throw new Error(`kind ${value.kind} of ${message.name}`);
  return { encode, shown: structure(structs.get(message.body), value.body), trailing, name: message.name };
}

/** Frames must come out the same, however the bytes come in. */
function frames(line, data) {
  const { value, rest, error, inside: within } = line;
  const wanted = { value, inside: within, ...(rest === undefined ? {} : { rest }), ...(error === undefined ? {} : { error }) };
  for (const step of new Set([data.length || 1, 7, Math.max(Math.floor(data.length / 3), 1)])) {
    const decoder = new framing.FrameDecoder(line.frames, { limit: line.limit });
    const found = [];
    const shown = {};
    try {
      for (let start = 0; start < data.length; start += step) {
        for (const frame of decoder.feed(data.slice(start, start + step))) found.push(frame);
      }
      shown.rest = decoder.remaining.length;
    } catch (thrown) {
      if (!(thrown instanceof wire.DecodeError)) throw thrown;
      shown.error = shownError(thrown);
    }
    // Frames are looked at once all have come: what was given must not change.
    shown.value = found.map(
      ({ number: kind, serial, subList, data }) => ({ kind, serial: number(serial), sub_list: subList, body: hex(data) }),
    );
    if (line.anew !== undefined) {
      for (const header of ["mini", "full"]) {
        const again = anew(header, found);
        if (again !== line.anew[header]) return `written as ${again}, Rust: ${line.anew[header]}`;
      }
    }
    shown.inside = found.map((frame) => inside(() => framing.subMessages(frame)));
    if (!same(shown, wanted)) return `in pieces of ${step}: ${JSON.stringify(shown)}, Rust: ${JSON.stringify(wanted)}`;
  }
  return null;
}

/** The messages inside of a frame. */
function inside(found) {
  try {
    return { value: found().map(shownSub) };
  } catch (error) {
    if (!(error instanceof wire.DecodeError)) throw error;
    return { error: shownError(error) };
  }
}

function shownSub(sub) {
  return { kind: sub.number, declared_size: sub.declaredSize, offset: sub.offset, body: hex(sub.body) };
}

/** Frames written anew, with the messages inside of each before it, those of a LIST before the next one. */
function anew(header, found) {
  const encoder = new framing.FrameEncoder(header);
  let out = "";
  let before = [];
  for (const frame of found) {
    before.push(...framing.subMessages(frame));
    if (frame.number === framing.LIST) continue;
    out += hex(encoder.encode(frame.number, frame.body, before));
    before = [];
  }
  return out;
}
