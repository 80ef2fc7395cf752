/** The same with the engine inside, for those who can serve no file besides. */
import { initSync } from "./engine.js";
import base64 from "./wasm.js";

initSync({ module: Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)) });

export * from "./index.js";
