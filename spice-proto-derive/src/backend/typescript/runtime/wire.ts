/**
 * Reading and writing: what the generated modules stand on.
 *
 * ```ts
 * const r = new Reader(body);
 * const message = parseServerMessage(number, r);
 * console.log(message, r.trailing().length);
 * ```
 *
 * Any bytes give a value or a {@link DecodeError}; nothing is copied.
 * @module
 */

/** What is wrong with bytes of a peer. */
export type ErrorKind =
  /** The bytes end before the field does: `needed` bytes wanted, `present` left. */
  | "Truncated"
  /** A required pointer is null. */
  | "NullPointer"
  /** A pointer to `needed` leads out of the message, which has `present` bytes. */
  | "Pointer"
  /** The value `needed` is not allowed here. */
  | "Value"
  /** `present` bytes follow where nothing may follow. */
  | "Trailing"
  /** More than a limit allows: `needed` wanted, `present` allowed. */
  | "Limit";

/** Bytes of a peer were refused: `kind` says why, `offset` where, `path` in which field. */
export class DecodeError extends Error {
  readonly kind: ErrorKind;
  /** In bytes from the start of the message body; for frames from the start of the stream. */
  readonly offset: number;
  /**
   * The field, from the message down, such as `draw_text.str.glyphs[3].data`. Empty where it is not known; one of more than
   * ten names or two indices starts with `...`.
   */
  readonly path: string;
  /** What the field wanted: bytes, a value or an offset; a `bigint` from 2^53 on. */
  readonly needed: number | bigint;
  /** What there was: bytes or a limit. */
  readonly present: number;

  constructor(kind: ErrorKind, offset: number, path: string, needed: number | bigint, present: number) {
    const shown = Math.min(present, U32_MAX);
    const what = `${reason(kind, needed, shown)}, at byte ${offset}`;
    super(path === "" ? what : `${path}: ${what}`);
    this.name = "DecodeError";
    this.kind = kind;
    this.offset = offset;
    this.path = path;
    this.needed = needed;
    this.present = shown;
  }
}

/** The numbers of the capabilities that both peers have, where a message's layout depends on them. */
export type Capabilities = ReadonlySet<number>;

/** A message with a number that the description does not know; kept as it is. */
export interface UnknownMessage {
  readonly kind: "unknown";
  readonly number: number;
  readonly body: Uint8Array;
}

const U32_MAX = 0xffff_ffff;
const U64_MAX = 0xffff_ffff_ffff_ffffn;
const MOST_PARTS = 10;
const MOST_INDICES = 2;

/** A cursor over a message body that never leaves it. */
export class Reader {
  /** The message body. What is parsed borrows from it. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly size: number;
  readonly capabilities: Capabilities;
  /** Where the next byte is read. */
  at = 0;
  /** The farthest end of what a pointer leads to. */
  private used = 0;
  /** Names of the fields and indices of the elements that are being read. */
  private readonly trail: (string | number)[] = [];
  private nested = 0;

  constructor(bytes: Uint8Array, capabilities: Capabilities = new Set()) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.size = bytes.length;
    this.capabilities = capabilities;
  }

  /** Bytes from the reader's place to the end. */
  get left(): number {
    return this.size - this.at;
  }

  /** The bytes behind everything that was read. */
  trailing(): Uint8Array {
    return this.bytes.subarray(Math.max(this.at, this.used));
  }

  /** Refuses bytes behind everything that was read. */
  finish(): void {
    const end = Math.max(this.at, this.used);
    if (end < this.size) throw this.error("Trailing", end, 0, this.size - end);
  }

  // From here on for generated code.

  /** As {@link finish}, where what ends here is the whole message. */
  end(): void {
    if (this.nested === 0) this.finish();
  }

  /** Passes over bytes that are there, and gives their place. */
  skip(count: number): number {
    const at = this.at;
    this.at = at + count;
    return at;
  }

  /** The error of fields that do not fit: each name with its end, counted from the first of them. */
  short(...fields: (string | number)[]): DecodeError {
    const left = this.left;
    let start = 0;
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const end = fields[i + 1] as number;
      if (end > left) {
        this.trail.push(fields[i] as string);
        return this.error("Truncated", this.at + start, end - start, left - start);
      }
      start = end;
    }
    return this.error("Truncated", this.at, start, left);
  }

  /** Reads the body of a message; errors start with its name. */
  message<T>(name: string, parse: (r: Reader) => T): T {
    this.trail.push(name);
    const value = parse(this);
    this.trail.pop();
    return value;
  }

  /** Reads a field. */
  field<T>(name: string, parse: (r: Reader) => T): T {
    this.enter(name);
    const value = parse(this);
    this.leave(name);
    return value;
  }

  /** Bytes at a place. */
  slice(at: number, count: number): Uint8Array {
    return this.bytes.subarray(at, at + count);
  }

  /** Takes bytes. */
  take(name: string, count: number | bigint): Uint8Array {
    const at = this.claim(name, count, 1);
    return this.bytes.subarray(at, this.at);
  }

  /** Takes all bytes to the end. */
  rest(): Uint8Array {
    return this.bytes.subarray(this.skip(this.left));
  }

  /** Takes one number. */
  number<T>(name: string, size: number, load: (view: DataView, at: number) => T): T {
    return load(this.view, this.claim(name, 1, size));
  }

  /** Takes numbers. */
  numbers<T>(name: string, count: number | bigint, size: number, load: (view: DataView, at: number) => T): T[] {
    return this.numbersAt(this.claim(name, count, size), Number(count), size, load);
  }

  /** Numbers at a place. */
  numbersAt<T>(at: number, count: number, size: number, load: (view: DataView, at: number) => T): T[] {
    const numbers: T[] = [];
    for (let i = 0; i < count; i++) numbers.push(load(this.view, at + i * size));
    return numbers;
  }

  /** Takes structures of which nothing can be wrong. */
  items<T>(name: string, count: number | bigint, size: number, load: (r: Reader, at: number) => T): T[] {
    return this.itemsAt(this.claim(name, count, size), Number(count), size, load);
  }

  /** Structures at a place, of which nothing can be wrong. */
  itemsAt<T>(at: number, count: number, size: number, load: (r: Reader, at: number) => T): T[] {
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(load(this, at + i * size));
    return items;
  }

  /** Takes structures one by one, each of at least `size` bytes. */
  list<T>(name: string, count: number | bigint, size: number, parse: (r: Reader) => T): T[] {
    // What all of them need at the least is compared with what is there before memory is taken for one.
    this.at = this.claim(name, count, size);
    this.enter(name);
    const items: T[] = [];
    const last = this.trail.push(0) - 1;
    for (let i = 0; i < count; i++) {
      this.trail[last] = i;
      items.push(parse(this));
    }
    this.trail.pop();
    this.leave(name);
    return items;
  }

  /** How many elements of a size fit to the end. */
  fitting(size: number): number {
    return Math.floor(this.left / size);
  }

  /** Takes bytes up to a zero byte, which is taken too but not given. */
  cString(): Uint8Array {
    const at = this.at;
    const end = this.bytes.indexOf(0, at);
    if (end < 0) throw this.error("Truncated", at, this.left + 1, this.left);
    this.at = end + 1;
    return this.bytes.subarray(at, end);
  }

  /** Reads what an optional pointer leads to. The pointer stands `back` bytes before the reader's place. */
  pointer<T>(name: string, offset: number, back: number, read: (r: Reader) => T): T | null {
    return offset === 0 ? null : this.required(name, offset, back, read);
  }

  /** As {@link pointer}, for an array. A null pointer may not ask for more bytes than the message has. */
  array<T>(
    name: string,
    offset: number,
    back: number,
    count: number | bigint,
    size: number,
    read: (r: Reader) => T,
  ): T | null {
    if (offset !== 0) return this.required(name, offset, back, read);
    const need = times(count, size);
    if (need > this.size) throw this.fail("Truncated", name, need, this.size, back);
    return null;
  }

  /** Reads what a required pointer leads to. */
  required<T>(name: string, offset: number, back: number, read: (r: Reader) => T): T {
    if (offset === 0) throw this.fail("NullPointer", name, 0, 0, back);
    if (offset >= this.size) throw this.fail("Pointer", name, offset, this.size, back);
    const here = this.at;
    this.at = offset;
    this.enter(name);
    const value = read(this);
    this.leave(name);
    this.used = Math.max(this.used, this.at);
    this.at = here;
    return value;
  }

  /** Refuses a value outside of a range. */
  within<T extends number | bigint>(name: string, value: T, low: T, high: T, back: number): void {
    if (value < low || value > high) {
      throw this.fail("Value", name, plain(BigInt.asUintN(64, BigInt(value))), 0, back);
    }
  }

  /** Refuses more elements than a limit allows. */
  limit(name: string, count: number | bigint, max: number): void {
    if (count > max) throw this.fail("Limit", name, plain(count), max, 0);
  }

  /** As {@link limit}, for what is there already. */
  most<T extends { readonly length: number }>(name: string, list: T, max: number): T {
    this.limit(name, list.length, max);
    return list;
  }

  /** Takes elements' bytes and gives the place of the first. */
  private claim(name: string, count: number | bigint, size: number): number {
    const need = times(count, size);
    if (need > this.left) throw this.fail("Truncated", name, need, this.left, 0);
    return this.skip(Number(need));
  }

  private enter(name: string): void {
    if (name !== "") this.trail.push(name);
    this.nested++;
  }

  private leave(name: string): void {
    if (name !== "") this.trail.pop();
    this.nested--;
  }

  private fail(kind: ErrorKind, name: string, needed: number | bigint, present: number, back: number): DecodeError {
    if (name !== "") this.trail.push(name);
    return this.error(kind, this.at - back, needed, present);
  }

  private error(kind: ErrorKind, offset: number, needed: number | bigint, present: number): DecodeError {
    return new DecodeError(kind, offset, pathOf(this.trail), needed, present);
  }
}

/** The text of bytes in UTF-8; what is none becomes U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Bytes of an image of rows of whole bytes, at most 2^64 - 1. */
export function imageSize(bitsPerPixel: number, width: number | bigint, height: number | bigint): number | bigint {
  if (typeof width === "number" && typeof height === "number") {
    const size = Math.ceil((bitsPerPixel * width) / 8) * height;
    if (size <= Number.MAX_SAFE_INTEGER) return size;
  }
  const bits = atMost(BigInt(bitsPerPixel) * BigInt(width));
  return plain(atMost(((bits + 7n) / 8n) * BigInt(height)));
}

/** Makes properties of a value that are not to be shown: `console.log`, `JSON.stringify` and `{...value}` leave them out. */
export function hide<T extends object>(value: T, ...names: (keyof T)[]): T {
  for (const name of names) Object.defineProperty(value, name, { enumerable: false });
  return value;
}

/** The numbers of the bits that are set in the capability words of a link message. */
export function capabilitiesFromWords(words: readonly number[]): Set<number> {
  const found = new Set<number>();
  words.forEach((word, index) => {
    for (let bit = 0; bit < 32; bit++) if ((word >>> bit) & 1) found.add(32 * index + bit);
  });
  return found;
}

/** The capability words of a link message with these bits. */
export function capabilityWords(capabilities: Iterable<number>): number[] {
  const words: number[] = [];
  for (const number of capabilities) {
    while (words.length <= number >>> 5) words.push(0);
    words[number >>> 5] = ((words[number >>> 5] ?? 0) | (1 << (number & 31))) >>> 0;
  }
  return words;
}

/** Why a value cannot be written. */
export type EncodeErrorKind =
  /** An array has more elements than its count can say or its limit allows. */
  | "Count"
  /** An array does not have the number of elements that something else says. */
  | "Length"
  /** A null array asks for more bytes than the message has, which readers refuse. */
  | "NullArray"
  /** The member does not fit its selector. */
  | "Selector"
  /** The target of a required pointer has no bytes, which reads as null. */
  | "EmptyTarget"
  /** A value is outside of its range, or does not fit its integer. */
  | "Range"
  /** The message is larger than 2^32 - 1 bytes. */
  | "TooLarge";

/** A value cannot be written: `kind` says why, `path` in which field. Nothing was written. */
export class EncodeError extends Error {
  readonly kind: EncodeErrorKind;
  /** The field, from the message down. */
  readonly path: string;

  constructor(kind: EncodeErrorKind, path: string, reason: string) {
    super(path === "" ? reason : `${path}: ${reason}`);
    this.name = "EncodeError";
    this.kind = kind;
    this.path = path;
  }
}

/** How a number stands in bytes. */
export interface Codec<T> {
  readonly size: number;
  readonly min: T;
  readonly max: T;
  readonly store: (view: DataView, at: number, value: T) => void;
}

/** The bytes of a value: pointers are laid out as the reference does it. Errors start with `name`. */
export function encode<T>(
  value: T,
  measure: (m: Measure, v: T) => void,
  write: (w: Writer, v: T) => void,
  name = "",
): Uint8Array {
  const m = new Measure(name);
  measure(m, value);
  const w = new Writer(m.finish());
  write(w, value);
  return w.finish();
}

/** Checks a value and counts the bytes of all of it. */
export class Measure {
  private size = 0;
  private readonly trail: (string | number)[] = [];
  private asked: number | bigint = 0;
  private askedBy = "";

  constructor(name: string) {
    if (name !== "") this.trail.push(name);
  }

  /** The size of the whole message. */
  finish(): number {
    const { size, asked } = this;
    this.trail.length = 0;
    if (size > U32_MAX) throw this.error("TooLarge", `${size} bytes, at most ${U32_MAX} possible`);
    if (asked > size) throw this.fail("NullArray", this.askedBy, `null asks for ${asked} bytes, the message has ${size}`);
    return size;
  }

  add(size: number): void {
    this.size += size;
  }

  number<T extends number | bigint>(name: string, value: T, codec: Codec<T>): void {
    this.size += codec.size;
    if (!fits(value, codec)) throw this.fail("Range", name, `value ${value} is not allowed`);
  }

  numbers<T extends number | bigint>(name: string, values: readonly T[], codec: Codec<T>): void {
    this.size += values.length * codec.size;
    values.forEach((value, i) => {
      if (fits(value, codec)) return;
      this.trail.push(name, i);
      throw this.error("Range", `value ${value} is not allowed`);
    });
  }

  field<T>(name: string, value: T, measure: (m: Measure, v: T) => void): void {
    this.trail.push(name);
    measure(this, value);
    this.trail.pop();
  }

  items<T>(name: string, values: readonly T[], measure: (m: Measure, v: T) => void): void {
    const last = this.trail.push(name, 0) - 1;
    values.forEach((value, i) => {
      this.trail[last] = i;
      measure(this, value);
    });
    this.trail.length = last - 1;
  }

  pointer<T>(name: string, value: T | null, measure: (m: Measure, v: T) => void): void {
    this.size += 4;
    if (value !== null) this.field(name, value, measure);
  }

  required<T>(name: string, value: T, measure: (m: Measure, v: T) => void): void {
    this.size += 4;
    this.notEmpty(name, () => this.field(name, value, measure));
  }

  /** Refuses the target of a required pointer that has no bytes. */
  notEmpty(name: string, measure: () => void): void {
    const before = this.size;
    measure();
    if (this.size === before) throw this.fail("EmptyTarget", name, "a required target has no bytes");
  }

  atMost(name: string, count: number, most: number): void {
    if (count > most) throw this.fail("Count", name, `${count} elements, at most ${most} possible`);
  }

  exactly(name: string, count: number, says: number | bigint): void {
    if (count < says || count > says) {
      throw this.fail("Length", name, `${count} elements, other fields say ${says}`);
    }
  }

  within<T extends number | bigint>(name: string, value: T, low: T | number, high: T | number): void {
    if (value < low || value > high) throw this.fail("Range", name, `value ${value} is not allowed`);
  }

  /** The error of a member that its selector does not choose. */
  disagree(name: string): EncodeError {
    return this.fail("Selector", name, "the member does not fit its selector");
  }

  /** Notes how many bytes a null array asks for. */
  nullArray(name: string, count: number | bigint, size: number): void {
    const need = times(count, size);
    if (need > this.asked) {
      this.asked = need;
      this.askedBy = name;
    }
  }

  private fail(kind: EncodeErrorKind, name: string, reason: string): EncodeError {
    this.trail.push(name);
    return this.error(kind, reason);
  }

  private error(kind: EncodeErrorKind, reason: string): EncodeError {
    return new EncodeError(kind, pathOf(this.trail), reason);
  }
}

/** Writes a message: its body, then what its pointers lead to, level by level. */
export class Writer {
  private readonly out: Uint8Array;
  private readonly view: DataView;
  private at = 0;
  private readonly targets: { readonly place: number; readonly codec: Codec<number>; readonly write: () => void }[] = [];

  constructor(size: number) {
    this.out = new Uint8Array(size);
    this.view = new DataView(this.out.buffer);
  }

  /** Writes what pointers lead to, and gives all bytes. */
  finish(): Uint8Array {
    // Grows while it is gone through.
    for (const { place, codec, write } of this.targets) {
      const start = this.at;
      write();
      // What has no bytes is null.
      if (this.at > start) codec.store(this.view, place, start);
    }
    return this.out;
  }

  zero(count: number): void {
    this.at += count;
  }

  number<T>(value: T, codec: Codec<T>): void {
    codec.store(this.view, this.at, value);
    this.at += codec.size;
  }

  numbers<T>(values: readonly T[], codec: Codec<T>): void {
    for (const value of values) this.number(value, codec);
  }

  bytes(bytes: Uint8Array): void {
    this.out.set(bytes, this.at);
    this.at += bytes.length;
  }

  cString(bytes: Uint8Array): void {
    this.bytes(bytes);
    this.at += 1;
  }

  items<T>(values: readonly T[], write: (w: Writer, v: T) => void): void {
    for (const value of values) write(this, value);
  }

  /** Writes a pointer; what it leads to is written behind everything noted before. */
  pointer<T>(value: T | null, codec: Codec<number>, write: (w: Writer, v: T) => void): void {
    if (value !== null) this.targets.push({ place: this.at, codec, write: () => write(this, value) });
    this.at += codec.size;
  }

  /** Writes at most so many bytes, and zeros up to them. */
  padded(size: number, write: () => void): void {
    const end = this.at + size;
    write();
    this.at = end;
  }
}

/** The bytes of a text in UTF-8. */
export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function fits<T extends number | bigint>(value: T, codec: Codec<T>): boolean {
  const whole = typeof value === "bigint" || Number.isInteger(value);
  return whole && typeof value === typeof codec.min && value >= codec.min && value <= codec.max;
}

// Numbers from bytes

export const u8 = (view: DataView, at: number): number => view.getUint8(at);
export const i8 = (view: DataView, at: number): number => view.getInt8(at);
export const u16 = (view: DataView, at: number): number => view.getUint16(at, true);
export const i16 = (view: DataView, at: number): number => view.getInt16(at, true);
export const u32 = (view: DataView, at: number): number => view.getUint32(at, true);
export const i32 = (view: DataView, at: number): number => view.getInt32(at, true);
export const u64 = (view: DataView, at: number): bigint => view.getBigUint64(at, true);
export const i64 = (view: DataView, at: number): bigint => view.getBigInt64(at, true);
export const u16be = (view: DataView, at: number): number => view.getUint16(at);
export const i16be = (view: DataView, at: number): number => view.getInt16(at);
export const u32be = (view: DataView, at: number): number => view.getUint32(at);
export const i32be = (view: DataView, at: number): number => view.getInt32(at);
export const u64be = (view: DataView, at: number): bigint => view.getBigUint64(at);
export const i64be = (view: DataView, at: number): bigint => view.getBigInt64(at);

// Numbers to bytes

export const U8: Codec<number> = {
  size: 1,
  min: 0,
  max: 255,
  store: (view, at, value) => view.setUint8(at, value),
};
export const I8: Codec<number> = {
  size: 1,
  min: -0x80,
  max: 127,
  store: (view, at, value) => view.setInt8(at, value),
};
export const U16: Codec<number> = {
  size: 2,
  min: 0,
  max: 0xffff,
  store: (view, at, value) => view.setUint16(at, value, true),
};
export const U16BE: Codec<number> = {
  size: 2,
  min: 0,
  max: 0xffff,
  store: (view, at, value) => view.setUint16(at, value),
};
export const I16: Codec<number> = {
  size: 2,
  min: -0x8000,
  max: 0x7fff,
  store: (view, at, value) => view.setInt16(at, value, true),
};
export const I16BE: Codec<number> = {
  size: 2,
  min: -0x8000,
  max: 0x7fff,
  store: (view, at, value) => view.setInt16(at, value),
};
export const U32: Codec<number> = {
  size: 4,
  min: 0,
  max: 0xffffffff,
  store: (view, at, value) => view.setUint32(at, value, true),
};
export const U32BE: Codec<number> = {
  size: 4,
  min: 0,
  max: 0xffffffff,
  store: (view, at, value) => view.setUint32(at, value),
};
export const I32: Codec<number> = {
  size: 4,
  min: -0x80000000,
  max: 0x7fffffff,
  store: (view, at, value) => view.setInt32(at, value, true),
};
export const I32BE: Codec<number> = {
  size: 4,
  min: -0x80000000,
  max: 0x7fffffff,
  store: (view, at, value) => view.setInt32(at, value),
};
export const U64: Codec<bigint> = {
  size: 8,
  min: 0n,
  max: 0xffffffffffffffffn,
  store: (view, at, value) => view.setBigUint64(at, value, true),
};
export const U64BE: Codec<bigint> = {
  size: 8,
  min: 0n,
  max: 0xffffffffffffffffn,
  store: (view, at, value) => view.setBigUint64(at, value),
};
export const I64: Codec<bigint> = {
  size: 8,
  min: -0x8000000000000000n,
  max: 0x7fffffffffffffffn,
  store: (view, at, value) => view.setBigInt64(at, value, true),
};
export const I64BE: Codec<bigint> = {
  size: 8,
  min: -0x8000000000000000n,
  max: 0x7fffffffffffffffn,
  store: (view, at, value) => view.setBigInt64(at, value),
};

// There in browsers and in node; the library of ES2020 alone does not declare them.
declare const TextEncoder: { new (): { encode(text: string): Uint8Array } };
declare const TextDecoder: {
  new (label: string, options: { ignoreBOM: boolean }): { decode(bytes: Uint8Array): string };
};

/** A product, exact, of at most 64 bits. */
function times(count: number | bigint, size: number): number | bigint {
  if (typeof count === "number") {
    const product = count * size;
    if (product <= Number.MAX_SAFE_INTEGER) return product;
  }
  return plain(atMost(BigInt(count) * BigInt(size)));
}

function atMost(value: bigint): bigint {
  return value > U64_MAX ? U64_MAX : value;
}

/** A number, unless it would lose something. */
function plain(value: number | bigint): number | bigint {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function reason(kind: ErrorKind, needed: number | bigint, present: number): string {
  switch (kind) {
    case "Truncated":
      return `${needed} bytes wanted, ${present} left`;
    case "NullPointer":
      return "required pointer is null";
    case "Pointer":
      return `offset ${needed} leads out of the message of ${present} bytes`;
    case "Value":
      return `value ${needed} is not allowed`;
    case "Trailing":
      return `${present} bytes follow the last field`;
    case "Limit":
      return `${needed} wanted, the limit is ${present}`;
  }
}

/** Names and indices as a path, those nearest to the field. */
function pathOf(trail: readonly (string | number)[]): string {
  let path = "";
  let parts = 0;
  let indices = 0;
  let cut = false;
  for (let i = trail.length - 1; i >= 0; i--) {
    const part = trail[i];
    const tooMany = parts === MOST_PARTS || (typeof part === "number" && indices === MOST_INDICES);
    if (tooMany) {
      cut = true;
    } else if (typeof part === "number") {
      path = `[${part}]${path}`;
      indices++;
      parts++;
    } else {
      path = `.${part}${path}`;
      parts++;
    }
  }
  const whole = path.startsWith(".") ? path.slice(1) : path;
  return cut ? `...${whole}` : whole;
}
