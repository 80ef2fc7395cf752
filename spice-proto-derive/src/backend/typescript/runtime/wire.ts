/**
 * Reading: what the generated modules stand on.
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

// There in browsers and in node; the library of ES2020 alone does not declare it.
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
