// example: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

/**
 * Kinds of a ping.
 *
 * Any value may occur; those with a name are constants.
 */
export const PingKind = {
  /** Measures the time only. */
  SHORT: 0,
  /** Loads the line as well. */
  LONG: 4,
} as const;
/**
 * Kinds of a ping.
 *
 * Any value may occur; those with a name are constants.
 */
export type PingKind = (typeof PingKind)[keyof typeof PingKind] | (number & {});
