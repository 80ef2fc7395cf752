// test: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

import * as wire from "./wire.js";

/** 4 bytes on the wire. */
export interface Mode {
  /** `x_res` of the description. */
  readonly xRes: number;
  /** `y_res` of the description. */
  readonly yRes: number;
}

/** `Mode` at a place of the reader's bytes, which have it whole. */
export function loadMode(r: wire.Reader, at: number): Mode {
  const xRes = r.view.getUint16(at, true);
  const yRes = r.view.getUint16(at + 2, true);
  return { xRes, yRes };
}

/** Reads `Mode` at the reader's place. Throws a `wire.DecodeError`. */
export function parseMode(r: wire.Reader): Mode {
  if (r.left < 4) throw r.short("x_res", 2, "y_res", 4);
  return loadMode(r, r.skip(4));
}

/** Checks `Mode` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureMode(m: wire.Measure, v: Mode): void {
  m.number("x_res", v.xRes, wire.U16);
  m.number("y_res", v.yRes, wire.U16);
}

/** Writes `Mode`, which was measured. */
export function writeMode(w: wire.Writer, v: Mode): void {
  w.number(v.xRes, wire.U16);
  w.number(v.yRes, wire.U16);
}

/** The bytes of `Mode`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeMode(v: Mode): Uint8Array {
  return wire.encode(v, measureMode, writeMode);
}

/** No bytes on the wire. */
export interface Empty {
}

/** `Empty` at a place of the reader's bytes, which have it whole. */
export function loadEmpty(_r: wire.Reader, _at: number): Empty {
  return {};
}

/** Reads `Empty` at the reader's place. Throws a `wire.DecodeError`. */
export function parseEmpty(r: wire.Reader): Empty {
  return loadEmpty(r, r.skip(0));
}

/** Checks `Empty` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureEmpty(_m: wire.Measure, _v: Empty): void {
}

/** Writes `Empty`, which was measured. */
export function writeEmpty(_w: wire.Writer, _v: Empty): void {
}

/** The bytes of `Empty`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeEmpty(v: Empty): Uint8Array {
  return wire.encode(v, measureEmpty, writeEmpty);
}

/** 8 bytes on the wire. */
export interface SetAck {
  /** `generation` of the description. */
  readonly generation: number;
  /** `window` of the description. */
  readonly window: number;
}

/** `SetAck` at a place of the reader's bytes, which have it whole. */
export function loadSetAck(r: wire.Reader, at: number): SetAck {
  const generation = r.view.getUint32(at, true);
  const window = r.view.getUint32(at + 4, true);
  return { generation, window };
}

/** Reads `SetAck` at the reader's place. Throws a `wire.DecodeError`. */
export function parseSetAck(r: wire.Reader): SetAck {
  if (r.left < 8) throw r.short("generation", 4, "window", 8);
  return loadSetAck(r, r.skip(8));
}

/** Checks `SetAck` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureSetAck(m: wire.Measure, v: SetAck): void {
  m.number("generation", v.generation, wire.U32);
  m.number("window", v.window, wire.U32);
}

/** Writes `SetAck`, which was measured. */
export function writeSetAck(w: wire.Writer, v: SetAck): void {
  w.number(v.generation, wire.U32);
  w.number(v.window, wire.U32);
}

/** The bytes of `SetAck`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeSetAck(v: SetAck): Uint8Array {
  return wire.encode(v, measureSetAck, writeSetAck);
}

/** Any number of bytes on the wire. */
export interface MigrateData {
  /** `data` of the description. */
  readonly data: Uint8Array;
}

/** Reads `MigrateData` at the reader's place. Throws a `wire.DecodeError`. */
export function parseMigrateData(r: wire.Reader): MigrateData {
  const data = r.rest();
  return { data };
}

/** Checks `MigrateData` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureMigrateData(m: wire.Measure, v: MigrateData): void {
  m.add(v.data.length);
}

/** Writes `MigrateData`, which was measured. */
export function writeMigrateData(w: wire.Writer, v: MigrateData): void {
  w.bytes(v.data);
}

/** The bytes of `MigrateData`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeMigrateData(v: MigrateData): Uint8Array {
  return wire.encode(v, measureMigrateData, writeMigrateData);
}

/** 4 bytes on the wire. */
export interface AckSync {
  /** `generation` of the description. */
  readonly generation: number;
}

/** `AckSync` at a place of the reader's bytes, which have it whole. */
export function loadAckSync(r: wire.Reader, at: number): AckSync {
  const generation = r.view.getUint32(at, true);
  return { generation };
}

/** Reads `AckSync` at the reader's place. Throws a `wire.DecodeError`. */
export function parseAckSync(r: wire.Reader): AckSync {
  if (r.left < 4) throw r.short("generation", 4);
  return loadAckSync(r, r.skip(4));
}

/** Checks `AckSync` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureAckSync(m: wire.Measure, v: AckSync): void {
  m.number("generation", v.generation, wire.U32);
}

/** Writes `AckSync`, which was measured. */
export function writeAckSync(w: wire.Writer, v: AckSync): void {
  w.number(v.generation, wire.U32);
}

/** The bytes of `AckSync`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeAckSync(v: AckSync): Uint8Array {
  return wire.encode(v, measureAckSync, writeAckSync);
}

/** A message from the server. */
export type ServerMessage =
  /** Number 3. */
  | { readonly kind: "setAck"; readonly number: 3; readonly body: SetAck }
  /** Number 4. */
  | { readonly kind: "migrateData"; readonly number: 4; readonly body: MigrateData }
  | wire.UnknownMessage;

/**
 * Reads the body of a message from the server, by its number. One that is not known is kept as it is.
 * Throws a `wire.DecodeError`.
 */
export function parseServerMessage(number: number, r: wire.Reader): ServerMessage {
  switch (number) {
    case 3:
      return { kind: "setAck", number: 3, body: r.message("set_ack", parseSetAck) };
    case 4:
      return { kind: "migrateData", number: 4, body: r.message("migrate_data", parseMigrateData) };
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}

/** The body of a message, without a head. Throws a `wire.EncodeError`. */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  switch (message.kind) {
    case "setAck":
      return wire.encode(message.body, measureSetAck, writeSetAck, "set_ack");
    case "migrateData":
      return wire.encode(message.body, measureMigrateData, writeMigrateData, "migrate_data");
    case "unknown":
      return message.body;
  }
}

/** A message from the client. */
export type ClientMessage =
  /** Number 1. */
  | { readonly kind: "ackSync"; readonly number: 1; readonly body: AckSync }
  /** Number 2. */
  | { readonly kind: "ack"; readonly number: 2; readonly body: Empty }
  | wire.UnknownMessage;

/**
 * Reads the body of a message from the client, by its number. One that is not known is kept as it is.
 * Throws a `wire.DecodeError`.
 */
export function parseClientMessage(number: number, r: wire.Reader): ClientMessage {
  switch (number) {
    case 1:
      return { kind: "ackSync", number: 1, body: r.message("ack_sync", parseAckSync) };
    case 2:
      return { kind: "ack", number: 2, body: r.message("ack", parseEmpty) };
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}

/** The body of a message, without a head. Throws a `wire.EncodeError`. */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  switch (message.kind) {
    case "ackSync":
      return wire.encode(message.body, measureAckSync, writeAckSync, "ack_sync");
    case "ack":
      return wire.encode(message.body, measureEmpty, writeEmpty, "ack");
    case "unknown":
      return message.body;
  }
}
