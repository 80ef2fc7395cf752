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

/** Checks `Ping` and counts its bytes. Throws a `wire.EncodeError`. */
export function measurePing(m: wire.Measure, v: Ping): void {
  m.number("kind", v.kind, wire.U8);
  m.add(4);
  m.atMost("data", v.data.length, 256000);
  m.atMost("data", v.data.length, 0xffffffff);
  m.add(v.data.length);
}

/** Writes `Ping`, which was measured. */
export function writePing(w: wire.Writer, v: Ping): void {
  w.number(v.kind, wire.U8);
  w.number(v.data.length, wire.U32);
  w.bytes(v.data);
}

/** The bytes of `Ping`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodePing(v: Ping): Uint8Array {
  return wire.encode(v, measurePing, writePing);
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

/** Checks `Tell` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureTell(m: wire.Measure, v: Tell): void {
  m.add(v.text.length);
}

/** Writes `Tell`, which was measured. */
export function writeTell(w: wire.Writer, v: Tell): void {
  w.bytes(v.text);
}

/** The bytes of `Tell`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeTell(v: Tell): Uint8Array {
  return wire.encode(v, measureTell, writeTell);
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

/** Checks `Pong` and counts its bytes. Throws a `wire.EncodeError`. */
export function measurePong(m: wire.Measure, v: Pong): void {
  m.number("kind", v.kind, wire.U8);
}

/** Writes `Pong`, which was measured. */
export function writePong(w: wire.Writer, v: Pong): void {
  w.number(v.kind, wire.U8);
}

/** The bytes of `Pong`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodePong(v: Pong): Uint8Array {
  return wire.encode(v, measurePong, writePong);
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

/** The body of a message, without a head. Throws a `wire.EncodeError`. */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  switch (message.kind) {
    case "ping":
      return wire.encode(message.body, measurePing, writePing, "ping");
    case "ask":
      return wire.encode(message.body, root.measureQuestion, root.writeQuestion, "ask");
    case "tell":
      return wire.encode(message.body, measureTell, writeTell, "tell");
    case "unknown":
      return message.body;
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

/** The body of a message, without a head. Throws a `wire.EncodeError`. */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  switch (message.kind) {
    case "pong":
      return wire.encode(message.body, measurePong, writePong, "pong");
    case "unknown":
      return message.body;
  }
}
