// image: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
// This output belongs to you: use it under any licence you like.

export * as root from "./root.js";
export * as wire from "./wire.js";
export * as framing from "./framing.js";
