// example: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

import * as ping from "./ping.js";
import * as root from "./root.js";
import * as wire from "./wire.js";

/**
 * Between ships.
 *
 * A message from the server.
 */
export type ServerMessage =
  /**
   * Answered by `pong`.
   *
   * Number 4.
   */
  | { readonly kind: "ping"; readonly number: 4; readonly body: ping.Ping }
  /**
   * A question, by name.
   *
   * Number 100.
   */
  | { readonly kind: "ask"; readonly number: 100; readonly body: root.Question }
  /**
   * A message of its own.
   *
   * Number 101.
   */
  | { readonly kind: "tell"; readonly number: 101; readonly body: ping.Tell }
  | wire.UnknownMessage;

/**
 * Reads the body of a message from the server, by its number. One that is not known is kept as it is.
 * Throws a `wire.DecodeError`.
 */
export function parseServerMessage(number: number, r: wire.Reader): ServerMessage {
  switch (number) {
    case 4:
      return { kind: "ping", number: 4, body: r.message("ping", ping.parsePing) };
    case 100:
      return { kind: "ask", number: 100, body: r.message("ask", root.parseQuestion) };
    case 101:
      return { kind: "tell", number: 101, body: r.message("tell", ping.parseTell) };
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}

/** The body of a message, without a head. Throws a `wire.EncodeError`. */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  switch (message.kind) {
    case "ping":
      return wire.encode(message.body, ping.measurePing, ping.writePing, "ping");
    case "ask":
      return wire.encode(message.body, root.measureQuestion, root.writeQuestion, "ask");
    case "tell":
      return wire.encode(message.body, ping.measureTell, ping.writeTell, "tell");
    case "unknown":
      return message.body;
  }
}

/**
 * Between ships.
 *
 * A message from the client.
 */
export type ClientMessage =
  /** Number 100. */
  | { readonly kind: "pong"; readonly number: 100; readonly body: ping.Pong }
  | wire.UnknownMessage;

/**
 * Reads the body of a message from the client, by its number. One that is not known is kept as it is.
 * Throws a `wire.DecodeError`.
 */
export function parseClientMessage(number: number, r: wire.Reader): ClientMessage {
  switch (number) {
    case 100:
      return { kind: "pong", number: 100, body: r.message("pong", ping.parsePong) };
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}

/** The body of a message, without a head. Throws a `wire.EncodeError`. */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  switch (message.kind) {
    case "pong":
      return wire.encode(message.body, ping.measurePong, ping.writePong, "pong");
    case "unknown":
      return message.body;
  }
}
