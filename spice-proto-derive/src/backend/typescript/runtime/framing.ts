/**
 * Frames: a head and a message body, as they follow each other on a connection.
 *
 * Nothing here reads or writes a connection. A {@link FrameDecoder} takes the bytes of one direction, however they come, and
 * gives frames; a {@link FrameEncoder} makes the bytes of the other:
 *
 * ```ts
 * const decoder = new FrameDecoder("mini", { limit: bodyLimit(ChannelType.DISPLAY) });
 * socket.onmessage = (event) => {
 *   for (const frame of decoder.feed(new Uint8Array(event.data))) {
 *     const message = display.parseServerMessage(frame.number, new Reader(frame.body));
 *   }
 * };
 * ```
 * @module
 */

import { DecodeError, EncodeError } from "./wire.js";
import type { ErrorKind } from "./wire.js";

/** Number of the message that only carries others. */
export const LIST = 8;

/** The common capability by which heads are short, where both peers have it. */
export const MINI_HEADER = 3;

/**
 * Which head stands before every message of a connection, in both directions: `mini` has message number and size, `full` a
 * serial, message number, size, and the place of a sub-message list.
 */
export type HeaderKind = "mini" | "full";

/** Who sends. */
export type Origin = "server" | "client";

/** A message inside of another one. */
export interface SubMessage {
  /** Its number, of the same channel and direction as the message that carries it. */
  readonly number: number;
  /** The size that its head declares; real servers declare too much, so that `body` is cut to what is there. */
  readonly declaredSize: number;
  /** Where its head starts in the data of the frame. */
  readonly offset: number;
  /** Its body. Pointers count from its start; bytes that the message does not use may follow. */
  readonly body: Uint8Array;
}

/** A message that is to be written inside of another one. A {@link SubMessage} that was read is one. */
export interface InnerMessage {
  /** Its number, of the same channel and direction as the message that carries it. */
  readonly number: number;
  readonly body: Uint8Array;
}

/** A message as it came. */
export interface Frame {
  /** Message number. */
  readonly number: number;
  /**
   * Number of the message in its direction: as the full head says, or counted from 1. A peer's serials are information, not
   * to be trusted.
   */
  readonly serial: bigint;
  /** Where the data has a list of sub-messages, as the full head says; 0 is none. */
  readonly subList: number;
  /** The body of the message itself, to be parsed by its number. */
  readonly body: Uint8Array;
  /** Everything behind the head: the message's own body, sub-messages, their list. */
  readonly data: Uint8Array;
  /** Who sent it. */
  readonly origin: Origin;
}

const HEAD_SIZES = { mini: 6, full: 18 } as const;
/** Where the size stands in a head. */
const SIZE_AT = { mini: 2, full: 10 } as const;

/**
 * Entries of a sub-message list that neither ascends nor descends: finding the ends of their bodies takes quadratic time. Real
 * servers write descending lists.
 */
const MOST_MIXED = 1024;

const MIB = 1 << 20;
const BODY_LIMITS: Readonly<Record<number, number>> = {
  1: MIB,
  2: 256 * MIB,
  3: 8 * MIB,
  4: 8 * MIB,
  5: 64 * MIB,
  6: 64 * MIB,
};

/** The head of a connection, from the common capabilities that both ends announced. */
export function agreedHeader(client: ReadonlySet<number>, server: ReadonlySet<number>): HeaderKind {
  return client.has(MINI_HEADER) && server.has(MINI_HEADER) ? "mini" : "full";
}

/** The largest body to take from a server on a channel of SPICE, by the number of its type: more than real servers send. */
export function bodyLimit(channel: number): number {
  return BODY_LIMITS[channel] ?? 64 * MIB;
}

/**
 * The messages inside of a frame, in the order in which they are to be handled: before the frame's own. Clients send none.
 * Throws a `DecodeError`, with offsets from the start of `data`.
 */
export function subMessages(frame: Frame): SubMessage[] {
  if (frame.origin === "client") return [];
  if (frame.number === LIST) {
    if (frame.subList !== 0) throw new DecodeError("Value", 0, "sub_list", frame.subList, 0);
    return parseSubMessages(frame.data, 0);
  }
  return frame.subList === 0 ? [] : parseSubMessages(frame.data, frame.subList);
}

/**
 * The messages of the list at byte `at` of a frame's data: 0 for the message LIST, otherwise what the full head says. A body
 * ends at the nearest of its declared end, the next head, the list, and the end of the data. Throws a `DecodeError`.
 */
export function parseSubMessages(data: Uint8Array, at: number): SubMessage[] {
  const view = viewOf(data);
  const size = data.length;
  const left = Math.max(size - at, 0);
  if (left < 2) throw new DecodeError("Truncated", at, "sub_list", 2, left);
  const count = view.getUint16(at, true);
  if (left - 2 < 4 * count) throw new DecodeError("Truncated", at, "sub_messages", 2 + 4 * count, left);
  const entries: number[] = [];
  for (let i = 0; i < count; i++) {
    const entry = view.getUint32(at + 2 + 4 * i, true);
    if (entry + 6 > size) throw inList("Pointer", at + 2 + 4 * i, i, "", entry, size);
    entries.push(entry);
  }
  const ceilings = ceilingsOf(entries, at);
  let total = 0;
  return entries.map((entry, i) => {
    const number = view.getUint16(entry, true);
    const declaredSize = view.getUint32(entry + 2, true);
    const start = entry + 6;
    const list = at > entry ? at : size;
    const end = Math.max(Math.min(start + declaredSize, ceilings[i] ?? size, list, size), start);
    total += 6 + end - start;
    if (number === LIST) throw inList("Value", entry, i, ".type", LIST, 0);
    if (total > size + 6 * count) throw inList("Limit", entry, i, "", total, size + 6 * count);
    return { number, declaredSize, offset: entry, body: data.subarray(start, end) };
  });
}

/** For each entry the smallest of the larger ones, if any. */
function ceilingsOf(entries: readonly number[], at: number): (number | undefined)[] {
  const next = (i: number): number => entries[i + 1] ?? 0;
  const pairs = entries.slice(1).map((_, i) => i);
  if (pairs.every((i) => (entries[i] ?? 0) < next(i))) return [...entries.slice(1), undefined];
  if (pairs.every((i) => (entries[i] ?? 0) > next(i))) return [undefined, ...entries.slice(0, -1)];
  if (entries.length > MOST_MIXED) {
    throw new DecodeError("Limit", at, "sub_messages", entries.length, MOST_MIXED);
  }
  return entries.map((entry) => {
    const larger = entries.filter((other) => other > entry);
    return larger.length === 0 ? undefined : Math.min(...larger);
  });
}

function inList(
  kind: ErrorKind,
  offset: number,
  index: number,
  field: string,
  needed: number,
  present: number,
): DecodeError {
  return new DecodeError(kind, offset, `sub_messages[${index}]${field}`, needed, present);
}

/** What a {@link FrameDecoder} can be told. */
export interface DecoderOptions {
  /** Who sends; the server, unless said otherwise. */
  readonly origin?: Origin;
  /** The largest body that is taken; 64 MiB, unless said otherwise. */
  readonly limit?: number;
  /** The serial of the next frame with mini heads; a migrated channel goes on where it stopped. */
  readonly nextSerial?: bigint;
}

/**
 * Cuts the bytes of one direction of a connection into frames, however they come.
 *
 * Memory follows the bytes that have come, never the size that a head announces; that is compared with `limit` as soon as the
 * head is there. The first byte is the one behind the link result.
 */
export class FrameDecoder {
  readonly header: HeaderKind;
  readonly origin: Origin;
  readonly limit: number;
  /** The serial of the next frame with mini heads. */
  nextSerial: bigint;
  /** Bytes of the stream that are part of frames that were given. */
  consumed = 0;
  /** What has come lies from `start` to `end`; frames that were given borrow what is before, so that it is never overwritten. */
  private buffer: Uint8Array = new Uint8Array(0);
  private start = 0;
  private end = 0;
  /** Whether the buffer is the decoder's own, so that it may be written behind `end`. */
  private owned = false;
  private broken: DecodeError | null = null;

  constructor(header: HeaderKind, options: DecoderOptions = {}) {
    this.header = header;
    this.origin = options.origin ?? "server";
    this.limit = options.limit ?? 64 * MIB;
    this.nextSerial = options.nextSerial ?? 1n;
  }

  /**
   * Takes bytes, and gives the frames that are complete with them. Frames borrow from the bytes: do not change those later.
   * Throws a `DecodeError` as {@link next} does.
   */
  *feed(bytes: Uint8Array): Generator<Frame, void, undefined> {
    this.push(bytes);
    for (let frame = this.next(); frame !== null; frame = this.next()) yield frame;
  }

  /** Takes bytes. */
  push(bytes: Uint8Array): void {
    const pending = this.end - this.start;
    if (pending === 0) {
      this.buffer = bytes;
      this.start = 0;
      this.end = bytes.length;
      this.owned = false;
      return;
    }
    if (!this.owned || this.end + bytes.length > this.buffer.length) {
      const grown = new Uint8Array(2 * (pending + bytes.length));
      grown.set(this.buffer.subarray(this.start, this.end));
      this.buffer = grown;
      this.start = 0;
      this.end = pending;
      this.owned = true;
    }
    this.buffer.set(bytes, this.end);
    this.end += bytes.length;
  }

  /**
   * The next frame; `null` when more bytes are needed for it. Throws a `DecodeError` when a head announces a larger body than
   * the limit; the stream is lost then, and the error is repeated. Its offset counts from the start of the stream.
   */
  next(): Frame | null {
    if (this.broken !== null) throw this.broken;
    const head = HEAD_SIZES[this.header];
    const present = this.end - this.start;
    if (present < head) return null;
    const view = viewOf(this.buffer);
    const size = this.announced(view);
    if (size > this.limit) {
      this.broken = new DecodeError("Limit", this.consumed + SIZE_AT[this.header], "size", size, this.limit);
      throw this.broken;
    }
    if (present < head + size) return null;
    const full = this.header === "full";
    const number = view.getUint16(this.start + (full ? 8 : 0), true);
    const serial = full ? view.getBigUint64(this.start, true) : this.nextSerial;
    const subList = full ? view.getUint32(this.start + 14, true) : 0;
    const data = this.buffer.subarray(this.start + head, this.start + head + size);
    this.start += head + size;
    this.consumed += head + size;
    this.nextSerial = BigInt.asUintN(64, serial + 1n);
    const inside = subList !== 0 && this.origin === "server";
    const body = inside ? data.subarray(0, ownSize(data, subList)) : data;
    return { number, serial, subList, body, data, origin: this.origin };
  }

  /** Bytes that are missing, at the least, from the next frame; 0 when it is there, and after an error. */
  get missing(): number {
    const head = HEAD_SIZES[this.header];
    const present = this.end - this.start;
    if (this.broken !== null) return 0;
    if (present < head) return head - present;
    const size = this.announced(viewOf(this.buffer));
    return size > this.limit ? 0 : Math.max(head + size - present, 0);
  }

  /** The bytes that are not part of a frame yet. */
  get remaining(): Uint8Array {
    return this.buffer.subarray(this.start, this.end);
  }

  /** Says that the stream has ended. Throws a `DecodeError` when that is inside of a frame. */
  finish(): void {
    if (this.broken !== null) throw this.broken;
    const present = this.end - this.start;
    if (present > 0) throw new DecodeError("Truncated", this.consumed, "", present + this.missing, present);
  }

  private announced(view: DataView): number {
    return view.getUint32(this.start + SIZE_AT[this.header], true);
  }
}

/** Puts heads before the messages of one direction of a connection, and counts their serials. */
export class FrameEncoder {
  readonly header: HeaderKind;
  /** The serial of the next message; a migrated channel goes on where it stopped. */
  nextSerial: bigint;

  constructor(header: HeaderKind, nextSerial = 1n) {
    this.header = header;
    this.nextSerial = nextSerial;
  }

  /**
   * The bytes of a message, by its number and body, with its head, and of others that are to be handled before it. With full
   * heads those become sub-messages: the message's body, theirs from the last to the first, the list. With mini heads they go
   * before it, a single one as it is, several in a message LIST.
   *
   * Throws an `EncodeError` where something is too large; no serial is used then.
   */
  encode(number: number, body: Uint8Array, before: readonly InnerMessage[] = []): Uint8Array {
    if (before.length > 0xffff) {
      throw new EncodeError("Count", "sub_messages", `${before.length} elements, at most ${0xffff} possible`);
    }
    const [first] = before;
    if (first === undefined) return this.frames([number, body]);
    if (this.header === "full") return this.frames([number, layOut(body, before, "behind")]);
    if (before.length === 1) return this.frames([first.number, first.body], [number, body]);
    return this.frames([LIST, layOut(new Uint8Array(0), before, "before")], [number, body]);
  }

  /** Messages, each behind its head. */
  private frames(...messages: readonly (readonly [number, Uint8Array | LaidOut])[]): Uint8Array {
    const head = HEAD_SIZES[this.header];
    const full = this.header === "full";
    const parts = messages.map(([number, part]) => {
      return part instanceof Uint8Array ? { number, body: part, list: 0 } : { number, ...part };
    });
    for (const { body } of parts) checkSize(body.length);
    const out = new Uint8Array(parts.reduce((sum, { body }) => sum + head + body.length, 0));
    const view = viewOf(out);
    let at = 0;
    for (const { number, body, list } of parts) {
      if (full) view.setBigUint64(at, this.nextSerial, true);
      view.setUint16(at + (full ? 8 : 0), number, true);
      view.setUint32(at + SIZE_AT[this.header], body.length, true);
      if (full) view.setUint32(at + 14, list, true);
      out.set(body, at + head);
      at += head + body.length;
      this.nextSerial = BigInt.asUintN(64, this.nextSerial + 1n);
    }
    return out;
  }
}

/** A body with messages inside, and where their list starts. */
interface LaidOut {
  readonly body: Uint8Array;
  readonly list: number;
}

/** A message's own body, and messages inside of it with their list behind or before them. */
function layOut(own: Uint8Array, inside: readonly InnerMessage[], listStands: "before" | "behind"): LaidOut {
  const listSize = 2 + 4 * inside.length;
  const size = inside.reduce((sum, { body }) => sum + 6 + body.length, own.length + listSize);
  checkSize(size);
  const out = new Uint8Array(size);
  const view = viewOf(out);
  out.set(own);
  const list = listStands === "before" ? own.length : size - listSize;
  view.setUint16(list, inside.length, true);
  let at = listStands === "before" ? own.length + listSize : own.length;
  // The last one first, as the reference writes them.
  for (let i = inside.length - 1; i >= 0; i--) {
    const message = inside[i];
    if (message === undefined) continue;
    view.setUint32(list + 2 + 4 * i, at, true);
    view.setUint16(at, message.number, true);
    view.setUint32(at + 2, message.body.length, true);
    out.set(message.body, at + 6);
    at += 6 + message.body.length;
  }
  return { body: out, list };
}

function checkSize(size: number): void {
  if (size > 0xffff_ffff) {
    throw new EncodeError("TooLarge", "", `${size} bytes, at most ${0xffff_ffff} possible`);
  }
}

/**
 * The message's own body ends where the first head of a sub-message or the list starts; for a list with errors too, which only
 * {@link subMessages} reports.
 */
function ownSize(data: Uint8Array, subList: number): number {
  let first = Math.min(subList, data.length);
  if (subList + 2 <= data.length) {
    const view = viewOf(data);
    const count = Math.min(view.getUint16(subList, true), Math.floor((data.length - subList - 2) / 4));
    for (let i = 0; i < count; i++) first = Math.min(first, view.getUint32(subList + 2 + 4 * i, true));
  }
  return first;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
