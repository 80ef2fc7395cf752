// test: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

import * as common from "./common.js";
import * as main from "./main.js";
import * as wire from "./wire.js";

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
  | { readonly kind: "mode"; readonly number: 101; readonly body: main.ServerMode }
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
      return { kind: "mode", number: 101, body: r.message("mode", main.parseServerMode) };
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
      return wire.encode(message.body, main.measureServerMode, main.writeServerMode, "mode");
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
  | { readonly kind: "mode"; readonly number: 101; readonly body: main.Mode }
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
      return { kind: "mode", number: 101, body: r.message("mode", main.parseMode) };
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
      return wire.encode(message.body, main.measureMode, main.writeMode, "mode");
    case "unknown":
      return message.body;
  }
}
