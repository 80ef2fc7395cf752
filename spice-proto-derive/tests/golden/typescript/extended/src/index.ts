// example: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

import * as ping from "./ping.js";
import * as ship from "./ship.js";
import * as wire from "./wire.js";

export * as root from "./root.js";
export * as ping from "./ping.js";
export * as ship from "./ship.js";
export * as wire from "./wire.js";
export * as framing from "./framing.js";

/** The number of a channel type, as link messages carry it. */
export const ChannelType = {
  MAIN: 1,
  SHIPS: 200,
} as const;
/** The number of a channel type, as link messages carry it. */
export type ChannelType = (typeof ChannelType)[keyof typeof ChannelType] | (number & {});

/** A message from the server, of any channel. */
export type AnyServerMessage =
  | ping.ServerMessage
  | ship.ServerMessage
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
      return ping.parseServerMessage(number, r);
    case 200: // ships
      return ship.parseServerMessage(number, r);
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}

/** A message from the client, of any channel. */
export type AnyClientMessage =
  | ping.ClientMessage
  | ship.ClientMessage
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
      return ping.parseClientMessage(number, r);
    case 200: // ships
      return ship.parseClientMessage(number, r);
    default:
      return { kind: "unknown", number, body: r.rest() };
  }
}
