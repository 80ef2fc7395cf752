// test: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

import * as derived from "./derived.js";
import * as main from "./main.js";
import * as wire from "./wire.js";

export * as main from "./main.js";
export * as common from "./common.js";
export * as derived from "./derived.js";
export * as agent from "./agent.js";
export * as wire from "./wire.js";
export * as framing from "./framing.js";

/** The number of a channel type, as link messages carry it. */
export const ChannelType = {
  /** Comes first. */
  MAIN: 1,
  DERIVED: 9,
} as const;
/** The number of a channel type, as link messages carry it. */
export type ChannelType = (typeof ChannelType)[keyof typeof ChannelType] | (number & {});

/** A message from the server, of any channel. */
export type AnyServerMessage =
  | main.ServerMessage
  | derived.ServerMessage
  | wire.UnknownMessage;

/**
 * Reads the body of a message from the server, by the type of its channel and its number.
 * Throws a `wire.DecodeError`.
 */
export function parseAnyServerMessage(
  channel: number,
  number: number,
  r: wire.Reader,
): AnyServerMessage {
  switch (channel) {
    case 1: // main
      return main.parseServerMessage(number, r);
    case 9: // derived
      return derived.parseServerMessage(number, r);
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}

/** A message from the client, of any channel. */
export type AnyClientMessage =
  | main.ClientMessage
  | derived.ClientMessage
  | wire.UnknownMessage;

/**
 * Reads the body of a message from the client, by the type of its channel and its number.
 * Throws a `wire.DecodeError`.
 */
export function parseAnyClientMessage(
  channel: number,
  number: number,
  r: wire.Reader,
): AnyClientMessage {
  switch (channel) {
    case 1: // main
      return main.parseClientMessage(number, r);
    case 9: // derived
      return derived.parseClientMessage(number, r);
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}
