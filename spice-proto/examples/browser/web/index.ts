/** A viewer for SPICE. The engine is loaded from `engine_bg.wasm` beside this file, or by `init` from elsewhere. */
export { default as init } from "./engine.js";
export { scanCodes } from "./keys.js";
export { place, shownSize } from "./place.js";
export { SpiceViewer } from "./viewer.js";
export type { Options, Scaling, Socket, Statistics, Target } from "./viewer.js";
