// example: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

import * as wire from "./wire.js";

/**
 * Kinds of a ping.
 *
 * Needs an answer from all.
 *
 * Any value may occur; those with a name are constants.
 */
export const PingKind = {
  /** Measures the time only. */
  SHORT: 0,
  /** Loads the line as well. */
  LONG: 4,
  /** To everybody. */
  BROADCAST: 16,
} as const;
/**
 * Kinds of a ping.
 *
 * Needs an answer from all.
 *
 * Any value may occur; those with a name are constants.
 */
export type PingKind = (typeof PingKind)[keyof typeof PingKind] | (number & {});

/**
 * What is asked for.
 *
 * 2 bytes on the wire.
 */
export interface Question {
  /** `topic` of the description. */
  readonly topic: number;
}

/** `Question` at a place of the reader's bytes, which have it whole. */
export function loadQuestion(r: wire.Reader, at: number): Question {
  const topic = r.view.getUint16(at, true);
  return { topic };
}

/** Reads `Question` at the reader's place. Throws a `wire.DecodeError`. */
export function parseQuestion(r: wire.Reader): Question {
  if (r.left < 2) throw r.short("topic", 2);
  return loadQuestion(r, r.skip(2));
}

/** Checks `Question` and counts its bytes. Throws a `wire.EncodeError`. */
export function measureQuestion(m: wire.Measure, v: Question): void {
  m.number("topic", v.topic, wire.U16);
}

/** Writes `Question`, which was measured. */
export function writeQuestion(w: wire.Writer, v: Question): void {
  w.number(v.topic, wire.U16);
}

/** The bytes of `Question`, with what its pointers lead to. Throws a `wire.EncodeError`. */
export function encodeQuestion(v: Question): Uint8Array {
  return wire.encode(v, measureQuestion, writeQuestion);
}
