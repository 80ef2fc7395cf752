// example: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

import * as root from "./root.js";
import * as wire from "./wire.js";

/**
 * Answered by `pong`.
 *
 * At least 5 bytes on the wire.
 */
export interface Ping {
  /** `kind` of the description. */
  readonly kind: root.PingKind;
  /** `data` of the description. At most 256000 elements. */
  readonly data: Uint8Array;
}

/** Reads `Ping` at the reader's place. Throws a `wire.DecodeError`. */
export function parsePing(r: wire.Reader): Ping {
  if (r.left < 5) throw r.short("kind", 1, "size", 5);
  const at = r.skip(5);
  const kind = r.view.getUint8(at);
  const size = r.view.getUint32(at + 1, true);
  r.limit("data", size, 256000);
  const data = r.take("data", size);
  return { kind, data };
}

/**
 * A message of its own.
 *
 * Any number of bytes on the wire.
 */
export interface Tell {
  /**
   * `text` of the description.
   *
   * Text: `wire.decodeText`.
   */
  readonly text: Uint8Array;
}

/** Reads `Tell` at the reader's place. Throws a `wire.DecodeError`. */
export function parseTell(r: wire.Reader): Tell {
  const text = r.rest();
  return { text };
}

/** 1 byte on the wire. */
export interface Pong {
  /** `kind` of the description. */
  readonly kind: root.PingKind;
}

/** `Pong` at a place of the reader's bytes, which have it whole. */
export function loadPong(r: wire.Reader, at: number): Pong {
  const kind = r.view.getUint8(at);
  return { kind };
}

/** Reads `Pong` at the reader's place. Throws a `wire.DecodeError`. */
export function parsePong(r: wire.Reader): Pong {
  if (r.left < 1) throw r.short("kind", 1);
  return loadPong(r, r.skip(1));
}

/**
 * Also asks.
 *
 * A message from the server.
 */
export type ServerMessage =
  /**
   * Answered by `pong`.
   *
   * Number 4.
   */
  | { readonly kind: "ping"; readonly number: 4; readonly body: Ping }
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
  | { readonly kind: "tell"; readonly number: 101; readonly body: Tell }
  | wire.UnknownMessage;

/**
 * Reads the body of a message from the server, by its number. One that is not known is kept as it is.
 * Throws a `wire.DecodeError`.
 */
export function parseServerMessage(number: number, r: wire.Reader): ServerMessage {
  switch (number) {
    case 4:
      return { kind: "ping", number: 4, body: r.message("ping", parsePing) };
    case 100:
      return { kind: "ask", number: 100, body: r.message("ask", root.parseQuestion) };
    case 101:
      return { kind: "tell", number: 101, body: r.message("tell", parseTell) };
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}

/**
 * Also asks.
 *
 * A message from the client.
 */
export type ClientMessage =
  /** Number 100. */
  | { readonly kind: "pong"; readonly number: 100; readonly body: Pong }
  | wire.UnknownMessage;

/**
 * Reads the body of a message from the client, by its number. One that is not known is kept as it is.
 * Throws a `wire.DecodeError`.
 */
export function parseClientMessage(number: number, r: wire.Reader): ClientMessage {
  switch (number) {
    case 100:
      return { kind: "pong", number: 100, body: r.message("pong", parsePong) };
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}
