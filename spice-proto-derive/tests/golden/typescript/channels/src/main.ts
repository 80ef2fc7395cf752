// test: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

/**
 * The main channel.
 *
 * @module
 */

import * as common from "./common.js";
import * as wire from "./wire.js";

/**
 * What main channels can do.
 *
 * The number is that of a bit in the capability words.
 */
export const MainCapability = {
  /** `NAME` of the description. */
  NAME: 0,
  /** `FAR` of the description. */
  FAR: 33,
} as const;
/**
 * What main channels can do.
 *
 * The number is that of a bit in the capability words.
 */
export type MainCapability = (typeof MainCapability)[keyof typeof MainCapability] | (number & {});

/**
 * Asks for a mode.
 *
 * 4 bytes on the wire.
 */
export interface Mode {
  /** `mode` of the description. */
  readonly mode: common.Mode;
}

/** `Mode` at a place of the reader's bytes, which have it whole. */
export function loadMode(r: wire.Reader, at: number): Mode {
  const mode = common.loadMode(r, at);
  return { mode };
}

/** Reads `Mode` at the reader's place. Throws a `wire.DecodeError`. */
export function parseMode(r: wire.Reader): Mode {
  if (r.left < 4) throw r.short("mode", 4);
  return loadMode(r, r.skip(4));
}

/** Checks `Mode` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureMode(m: wire.Measure, v: Mode): void {
  m.field("mode", v.mode, common.measureMode);
}

/** Writes `Mode`, which was measured. */
export function writeMode(w: wire.Writer, v: Mode): void {
  common.writeMode(w, v.mode);
}

/** The bytes of `Mode`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeMode(v: Mode): Uint8Array {
  return wire.encode(v, measureMode, writeMode);
}

/**
 * Tells the mode.
 *
 * 5 bytes on the wire.
 */
export interface ServerMode {
  /** `mode` of the description. */
  readonly mode: common.Mode;
  /** `accepted` of the description. */
  readonly accepted: number;
}

/** `ServerMode` at a place of the reader's bytes, which have it whole. */
export function loadServerMode(r: wire.Reader, at: number): ServerMode {
  const mode = common.loadMode(r, at);
  const accepted = r.view.getUint8(at + 4);
  return { mode, accepted };
}

/** Reads `ServerMode` at the reader's place. Throws a `wire.DecodeError`. */
export function parseServerMode(r: wire.Reader): ServerMode {
  if (r.left < 5) throw r.short("mode", 4, "accepted", 5);
  return loadServerMode(r, r.skip(5));
}

/** Checks `ServerMode` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureServerMode(m: wire.Measure, v: ServerMode): void {
  m.field("mode", v.mode, common.measureMode);
  m.number("accepted", v.accepted, wire.U8);
}

/** Writes `ServerMode`, which was measured. */
export function writeServerMode(w: wire.Writer, v: ServerMode): void {
  common.writeMode(w, v.mode);
  w.number(v.accepted, wire.U8);
}

/** The bytes of `ServerMode`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeServerMode(v: ServerMode): Uint8Array {
  return wire.encode(v, measureServerMode, writeServerMode);
}

/** A message from the server. */
export type ServerMessage =
  /** Number 3. */
  | { readonly kind: "setAck"; readonly number: 3; readonly body: common.SetAck }
  /** Number 4. */
  | { readonly kind: "migrateData"; readonly number: 4; readonly body: common.MigrateData }
  /**
   * Tells the mode.
   *
   * Number 101. Needs `MainCapability.NAME`.
   */
  | { readonly kind: "mode"; readonly number: 101; readonly body: ServerMode }
  /** Number 102. No longer used by peers. */
  | { readonly kind: "agentConnected"; readonly number: 102; readonly body: common.Empty }
  | wire.UnknownMessage;

/**
 * Reads the body of a message from the server, by its number. One that is not known is kept as it is.
 * Throws a `wire.DecodeError`.
 */
export function parseServerMessage(number: number, r: wire.Reader): ServerMessage {
  switch (number) {
    case 3:
      return { kind: "setAck", number: 3, body: r.message("set_ack", common.parseSetAck) };
    case 4:
      return { kind: "migrateData", number: 4, body: r.message("migrate_data", common.parseMigrateData) };
    case 101:
      return { kind: "mode", number: 101, body: r.message("mode", parseServerMode) };
    case 102:
      return { kind: "agentConnected", number: 102, body: r.message("agent_connected", common.parseEmpty) };
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}

/** The body of a message, without a head. Throws a `wire.EncodeError`. */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  switch (message.kind) {
    case "setAck":
      return wire.encode(message.body, common.measureSetAck, common.writeSetAck, "set_ack");
    case "migrateData":
      return wire.encode(message.body, common.measureMigrateData, common.writeMigrateData, "migrate_data");
    case "mode":
      return wire.encode(message.body, measureServerMode, writeServerMode, "mode");
    case "agentConnected":
      return wire.encode(message.body, common.measureEmpty, common.writeEmpty, "agent_connected");
    case "unknown":
      return message.body;
  }
}

/** A message from the client. */
export type ClientMessage =
  /** Number 1. */
  | { readonly kind: "ackSync"; readonly number: 1; readonly body: common.AckSync }
  /** Number 2. */
  | { readonly kind: "ack"; readonly number: 2; readonly body: common.Empty }
  /**
   * Asks for a mode.
   *
   * Number 101.
   */
  | { readonly kind: "mode"; readonly number: 101; readonly body: Mode }
  | wire.UnknownMessage;

/**
 * Reads the body of a message from the client, by its number. One that is not known is kept as it is.
 * Throws a `wire.DecodeError`.
 */
export function parseClientMessage(number: number, r: wire.Reader): ClientMessage {
  switch (number) {
    case 1:
      return { kind: "ackSync", number: 1, body: r.message("ack_sync", common.parseAckSync) };
    case 2:
      return { kind: "ack", number: 2, body: r.message("ack", common.parseEmpty) };
    case 101:
      return { kind: "mode", number: 101, body: r.message("mode", parseMode) };
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}

/** The body of a message, without a head. Throws a `wire.EncodeError`. */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  switch (message.kind) {
    case "ackSync":
      return wire.encode(message.body, common.measureAckSync, common.writeAckSync, "ack_sync");
    case "ack":
      return wire.encode(message.body, common.measureEmpty, common.writeEmpty, "ack");
    case "mode":
      return wire.encode(message.body, measureMode, writeMode, "mode");
    case "unknown":
      return message.body;
  }
}
