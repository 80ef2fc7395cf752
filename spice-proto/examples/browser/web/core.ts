/** The engine alone, without a page: for workers, for other faces, for tests. */
export { default as init, initSync, Engine } from "./engine.js";
export type { News } from "./news.js";
