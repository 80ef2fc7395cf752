// additions: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

import * as wire from "./wire.js";

/**
 * Bits of the announcement.
 *
 * The number is that of a bit in the capability words.
 */
export const AgentCapability = {
  /** `CLIPBOARD_SELECTION` of the description. */
  CLIPBOARD_SELECTION: 6,
  /** `GRAB_SERIAL` of the description. Needs `AgentCapability.CLIPBOARD_SELECTION`. */
  GRAB_SERIAL: 17,
} as const;
/**
 * Bits of the announcement.
 *
 * The number is that of a bit in the capability words.
 */
export type AgentCapability = (typeof AgentCapability)[keyof typeof AgentCapability] | (number & {});

/** Any value may occur; those with a name are constants. */
export const Command = {
  /** `SET` of the description. */
  SET: 1,
  /** `MOVE` of the description. */
  MOVE: 2,
  /**
   * `HIDE` of the description.
   *
   * @deprecated No longer used by peers.
   */
  HIDE: 3,
} as const;
/** Any value may occur; those with a name are constants. */
export type Command = (typeof Command)[keyof typeof Command] | (number & {});

/**
 * A piece of guest memory.
 *
 * At least 20 bytes on the wire.
 */
export interface QxlDataChunk {
  /** `prev_chunk` of the description. */
  readonly prevChunk: bigint;
  /** `next_chunk` of the description. */
  readonly nextChunk: bigint;
  /** `data` of the description. */
  readonly data: Uint8Array;
}

/** Reads `QxlDataChunk` at the reader's place. Throws a `wire.DecodeError`. */
export function parseQxlDataChunk(r: wire.Reader): QxlDataChunk {
  if (r.left < 20) throw r.short("data_size", 4, "prev_chunk", 12, "next_chunk", 20);
  const at = r.skip(20);
  const dataSize = r.view.getUint32(at, true);
  const prevChunk = r.view.getBigUint64(at + 4, true);
  const nextChunk = r.view.getBigUint64(at + 12, true);
  const data = r.take("data", dataSize);
  r.end();
  return { prevChunk, nextChunk, data };
}

/** Checks `QxlDataChunk` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureQxlDataChunk(m: wire.Measure, v: QxlDataChunk): void {
  m.add(4);
  m.number("prev_chunk", v.prevChunk, wire.U64);
  m.number("next_chunk", v.nextChunk, wire.U64);
  m.atMost("data", v.data.length, 0xffffffff);
  m.add(v.data.length);
}

/** Writes `QxlDataChunk`, which was measured. */
export function writeQxlDataChunk(w: wire.Writer, v: QxlDataChunk): void {
  w.number(v.data.length, wire.U32);
  w.number(v.prevChunk, wire.U64);
  w.number(v.nextChunk, wire.U64);
  w.bytes(v.data);
}

/** The bytes of `QxlDataChunk`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeQxlDataChunk(v: QxlDataChunk): Uint8Array {
  return wire.encode(v, measureQxlDataChunk, writeQxlDataChunk);
}

/**
 * A header with its own byte order.
 *
 * 7 bytes on the wire.
 */
export interface QuicHeader {
  /** `magic` of the description. */
  readonly magic: number;
  /** `version` of the description. From 1 to 127. */
  readonly version: number;
  /** `offset` of the description. From -5 to 5. */
  readonly offset: number;
}

/** Reads `QuicHeader` at the reader's place. Throws a `wire.DecodeError`. */
export function parseQuicHeader(r: wire.Reader): QuicHeader {
  if (r.left < 7) throw r.short("magic", 4, "version", 6, "offset", 7);
  const at = r.skip(7);
  const magic = r.view.getUint32(at);
  const version = r.view.getUint16(at + 4);
  r.within("version", version, 1, 127, 3);
  const offset = r.view.getInt8(at + 6);
  r.within("offset", offset, -5, 5, 1);
  return { magic, version, offset };
}

/** Checks `QuicHeader` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureQuicHeader(m: wire.Measure, v: QuicHeader): void {
  m.number("magic", v.magic, wire.U32BE);
  m.number("version", v.version, wire.U16BE);
  m.within("version", v.version, 1, 127);
  m.number("offset", v.offset, wire.I8);
  m.within("offset", v.offset, -5, 5);
}

/** Writes `QuicHeader`, which was measured. */
export function writeQuicHeader(w: wire.Writer, v: QuicHeader): void {
  w.number(v.magic, wire.U32BE);
  w.number(v.version, wire.U16BE);
  w.number(v.offset, wire.I8);
}

/** The bytes of `QuicHeader`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeQuicHeader(v: QuicHeader): Uint8Array {
  return wire.encode(v, measureQuicHeader, writeQuicHeader);
}

/**
 * Offered types.
 *
 * Any number of bytes on the wire.
 */
export interface ClipboardGrab {
  /** `selection` of the description. There only when both peers have `AgentCapability.CLIPBOARD_SELECTION`. */
  readonly selection: number | null;
  /** `reserved` of the description. There only when both peers have `AgentCapability.CLIPBOARD_SELECTION`. */
  readonly reserved: Uint8Array | null;
  /** `serial` of the description. Needs `AgentCapability.GRAB_SERIAL`. There only when both peers have `AgentCapability.GRAB_SERIAL`. */
  readonly serial: number | null;
  /** `types` of the description. */
  readonly types: readonly number[];
}

/** Reads `ClipboardGrab` at the reader's place. Throws a `wire.DecodeError`. */
export function parseClipboardGrab(r: wire.Reader): ClipboardGrab {
  let selection: number | null = null;
  if (r.capabilities.has(AgentCapability.CLIPBOARD_SELECTION)) {
    selection = r.number("selection", 1, wire.u8);
  }
  let reserved: Uint8Array | null = null;
  if (r.capabilities.has(AgentCapability.CLIPBOARD_SELECTION)) {
    reserved = r.take("reserved", 3);
  }
  let serial: number | null = null;
  if (r.capabilities.has(AgentCapability.GRAB_SERIAL)) {
    serial = r.number("serial", 4, wire.u32);
  }
  const types = r.numbers("types", r.fitting(4), 4, wire.u32);
  return { selection, reserved, serial, types };
}

/** Checks `ClipboardGrab` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureClipboardGrab(m: wire.Measure, v: ClipboardGrab): void {
  if (v.selection !== null) {
    m.number("selection", v.selection, wire.U8);
  }
  if (v.reserved !== null) {
    m.exactly("reserved", v.reserved.length, 3);
    m.add(3);
  }
  if (v.serial !== null) {
    m.number("serial", v.serial, wire.U32);
  }
  m.numbers("types", v.types, wire.U32);
}

/** Writes `ClipboardGrab`, which was measured. */
export function writeClipboardGrab(w: wire.Writer, v: ClipboardGrab): void {
  if (v.selection !== null) {
    w.number(v.selection, wire.U8);
  }
  if (v.reserved !== null) {
    w.bytes(v.reserved);
  }
  if (v.serial !== null) {
    w.number(v.serial, wire.U32);
  }
  w.numbers(v.types, wire.U32);
}

/** The bytes of `ClipboardGrab`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeClipboardGrab(v: ClipboardGrab): Uint8Array {
  return wire.encode(v, measureClipboardGrab, writeClipboardGrab);
}

/** 10 bytes on the wire. */
export interface Set_ {
  /** `x` of the description. */
  readonly x: number;
  /** `shape` of the description. */
  readonly shape: bigint;
}

/** `Set_` at a place of the reader's bytes, which have it whole. */
export function loadSet_(r: wire.Reader, at: number): Set_ {
  const x = r.view.getUint16(at, true);
  const shape = r.view.getBigUint64(at + 2, true);
  return { x, shape };
}

/** Reads `Set_` at the reader's place. Throws a `wire.DecodeError`. */
export function parseSet_(r: wire.Reader): Set_ {
  if (r.left < 10) throw r.short("x", 2, "shape", 10);
  return loadSet_(r, r.skip(10));
}

/** Checks `Set_` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureSet_(m: wire.Measure, v: Set_): void {
  m.number("x", v.x, wire.U16);
  m.number("shape", v.shape, wire.U64);
}

/** Writes `Set_`, which was measured. */
export function writeSet_(w: wire.Writer, v: Set_): void {
  w.number(v.x, wire.U16);
  w.number(v.shape, wire.U64);
}

/** The bytes of `Set_`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeSet_(v: Set_): Uint8Array {
  return wire.encode(v, measureSet_, writeSet_);
}

/**
 * The union.
 *
 * The member `u` of `CursorCommand`.
 */
export type CursorCommandU =
  /** For `SET`. */
  | { readonly kind: "set"; readonly value: Set_ }
  /** For `MOVE`. */
  | { readonly kind: "position"; readonly value: readonly number[] }
  /** For anything else. */
  | { readonly kind: "raw"; readonly value: bigint }
  /** The bytes of a choice that the selector does not name. */
  | { readonly kind: "other"; readonly value: Uint8Array };

/** At least 32 bytes on the wire. */
export interface CursorCommand {
  /** `type` of the description. */
  readonly type: Command;
  /** The union. */
  readonly u: CursorCommandU;
  /**
   * `name` of the description. At most 64 elements.
   *
   * Text: `wire.decodeText`.
   */
  readonly name: Uint8Array;
  /**
   * `password` of the description. At most 60 elements.
   *
   * Text: `wire.decodeText`.
   */
  readonly password: Uint8Array;
}

/** Reads `CursorCommand` at the reader's place. Throws a `wire.DecodeError`. */
export function parseCursorCommand(r: wire.Reader): CursorCommand {
  if (r.left < 32) {
    throw r.short(
      "type", 4, "u", 20, "name_size", 24, "name", 28, "password_size", 32,
    );
  }
  const at = r.skip(32);
  const type = r.view.getUint32(at, true);
  let u: CursorCommandU;
  switch (type) {
    case Command.SET:
      u = { kind: "set", value: loadSet_(r, at + 4) };
      break;
    case Command.MOVE:
      u = { kind: "position", value: r.numbersAt(at + 4, 2, 2, wire.u16) };
      break;
    default:
      u = wire.hide({ kind: "raw", value: r.view.getBigUint64(at + 4, true) } as const, "value");
      break;
  }
  const nameSize = r.view.getUint32(at + 20, true);
  r.limit("name", nameSize, 64);
  const name = r.required("name", r.view.getUint32(at + 24, true), 8, () => r.take("", nameSize));
  const passwordSize = r.view.getUint32(at + 28, true);
  r.limit("password", passwordSize, 60);
  const password = r.take("password", passwordSize);
  return wire.hide({ type, u, name, password }, "u", "password");
}

/** Checks `CursorCommand` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureCursorCommand(m: wire.Measure, v: CursorCommand): void {
  m.number("type", v.type, wire.U32);
  switch (v.type) {
    case Command.SET:
      if (v.u?.kind !== "set") throw m.disagree("u");
      m.field("set", v.u.value, measureSet_);
      m.add(6);
      break;
    case Command.MOVE:
      if (v.u?.kind !== "position") throw m.disagree("u");
      m.exactly("position", v.u.value.length, 2);
      m.numbers("position", v.u.value, wire.U16);
      m.add(12);
      break;
    default:
      if (v.u?.kind !== "raw") throw m.disagree("u");
      m.number("raw", v.u.value, wire.U64);
      m.add(8);
      break;
  }
  m.add(4);
  m.add(4);
  m.notEmpty("name", () => {
    m.atMost("name", v.name.length, 64);
    m.atMost("name", v.name.length, 0xffffffff);
    m.add(v.name.length);
  });
  m.add(4);
  m.atMost("password", v.password.length, 60);
  m.atMost("password", v.password.length, 0xffffffff);
  m.add(v.password.length);
}

/** Writes `CursorCommand`, which was measured. */
export function writeCursorCommand(w: wire.Writer, v: CursorCommand): void {
  w.number(v.type, wire.U32);
  w.padded(16, () => {
    switch (v.u?.kind) {
      case "set":
        writeSet_(w, v.u.value);
        break;
      case "position":
        w.numbers(v.u.value, wire.U16);
        break;
      case "raw":
        w.number(v.u.value, wire.U64);
        break;
      case "other":
        w.bytes(v.u.value);
        break;
    }
  });
  w.number(v.name.length, wire.U32);
  w.pointer(v.name, wire.U32, (w, v) => w.bytes(v));
  w.number(v.password.length, wire.U32);
  w.bytes(v.password);
}

/** The bytes of `CursorCommand`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeCursorCommand(v: CursorCommand): Uint8Array {
  return wire.encode(v, measureCursorCommand, writeCursorCommand);
}
