// test: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

import * as wire from "./wire.js";

/** 1 byte on the wire. */
export interface Mode {
  /** `first` of the description. */
  readonly first: number;
}

/** `Mode` at a place of the reader's bytes, which have it whole. */
export function loadMode(r: wire.Reader, at: number): Mode {
  const first = r.view.getUint8(at);
  return { first };
}

/** Reads `Mode` at the reader's place. Throws a `wire.DecodeError`. */
export function parseMode(r: wire.Reader): Mode {
  if (r.left < 1) throw r.short("first", 1);
  return loadMode(r, r.skip(1));
}

/** Checks `Mode` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureMode(m: wire.Measure, v: Mode): void {
  m.number("first", v.first, wire.U8);
}

/** Writes `Mode`, which was measured. */
export function writeMode(w: wire.Writer, v: Mode): void {
  w.number(v.first, wire.U8);
}

/** The bytes of `Mode`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeMode(v: Mode): Uint8Array {
  return wire.encode(v, measureMode, writeMode);
}

/** 1 byte on the wire. */
export interface Announce {
  /** `last` of the description. */
  readonly last: number;
}

/** `Announce` at a place of the reader's bytes, which have it whole. */
export function loadAnnounce(r: wire.Reader, at: number): Announce {
  const last = r.view.getUint8(at);
  return { last };
}

/** Reads `Announce` at the reader's place. Throws a `wire.DecodeError`. */
export function parseAnnounce(r: wire.Reader): Announce {
  if (r.left < 1) throw r.short("last", 1);
  return loadAnnounce(r, r.skip(1));
}

/** Checks `Announce` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureAnnounce(m: wire.Measure, v: Announce): void {
  m.number("last", v.last, wire.U8);
}

/** Writes `Announce`, which was measured. */
export function writeAnnounce(w: wire.Writer, v: Announce): void {
  w.number(v.last, wire.U8);
}

/** The bytes of `Announce`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeAnnounce(v: Announce): Uint8Array {
  return wire.encode(v, measureAnnounce, writeAnnounce);
}

/** No bytes on the wire. */
export interface BothMessage {
}

/** `BothMessage` at a place of the reader's bytes, which have it whole. */
export function loadBothMessage(_r: wire.Reader, _at: number): BothMessage {
  return {};
}

/** Reads `BothMessage` at the reader's place. Throws a `wire.DecodeError`. */
export function parseBothMessage(r: wire.Reader): BothMessage {
  return loadBothMessage(r, r.skip(0));
}

/** Checks `BothMessage` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureBothMessage(_m: wire.Measure, _v: BothMessage): void {
}

/** Writes `BothMessage`, which was measured. */
export function writeBothMessage(_w: wire.Writer, _v: BothMessage): void {
}

/** The bytes of `BothMessage`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeBothMessage(v: BothMessage): Uint8Array {
  return wire.encode(v, measureBothMessage, writeBothMessage);
}

/**
 * Either side sends these.
 *
 * A message of either side.
 */
export type Message =
  /** Number 1. */
  | { readonly kind: "mode"; readonly number: 1; readonly body: Mode }
  /** Number 70000. */
  | { readonly kind: "announce"; readonly number: 70000; readonly body: Announce }
  /** Number 70001. */
  | { readonly kind: "message"; readonly number: 70001; readonly body: BothMessage }
  | wire.UnknownMessage;

/**
 * Reads the body of a message of either side, by its number. One that is not known is kept as it is.
 * Throws a `wire.DecodeError`.
 */
export function parseMessage(number: number, r: wire.Reader): Message {
  switch (number) {
    case 1:
      return { kind: "mode", number: 1, body: r.message("mode", parseMode) };
    case 70000:
      return { kind: "announce", number: 70000, body: r.message("announce", parseAnnounce) };
    case 70001:
      return { kind: "message", number: 70001, body: r.message("message", parseBothMessage) };
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}

/** The body of a message, without a head. Throws a `wire.EncodeError`. */
export function encodeMessage(message: Message): Uint8Array {
  switch (message.kind) {
    case "mode":
      return wire.encode(message.body, measureMode, writeMode, "mode");
    case "announce":
      return wire.encode(message.body, measureAnnounce, writeAnnounce, "announce");
    case "message":
      return wire.encode(message.body, measureBothMessage, writeBothMessage, "message");
    case "unknown":
      return message.body;
  }
}
