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
