/** The codecs of SPICE alone: `await init()` first, then streams in and pixels out. What is wrong with a stream is thrown as `Error`. */
import { decodeLz as lz, decodeQuic as quic, GlzWindow as Window } from "./engine.js";

export { default as init, initSync } from "./engine.js";

/**
 * A picture, the top row first. Colours are as they are coded: where a server has multiplied them with the alpha they stay so. Alpha
 * is 255 where the form has none. `new ImageData(data, width, height)` takes it.
 */
export interface DecodedImage {
  width: number;
  height: number;
  /** R, G, B, A of each pixel. */
  data: Uint8ClampedArray<ArrayBuffer>;
}

const named = ([width, height, rgba]: unknown[]): DecodedImage => ({
  width: width as number,
  height: height as number,
  data: new Uint8ClampedArray((rgba as Uint8Array<ArrayBuffer>).buffer),
});

/** A QUIC stream, with its header. */
export function decodeQuic(stream: Uint8Array): DecodedImage {
  return named(quic(stream));
}

/** An LZ stream, with its header. `palette`: the colours, as 0xRRGGBB, of a form with indexes. Forms that are alpha alone are black. */
export function decodeLz(stream: Uint8Array, palette: Iterable<number> = []): DecodedImage {
  return named(lz(stream, Uint32Array.from(palette)));
}

/** The pictures that GLZ streams of a session may refer to: one for all its display channels. */
export class GlzWindow {
  readonly #window = new Window();

  /**
   * Decodes a stream and keeps its picture for later ones. `missing` is the number of a picture that has to come first, on another
   * channel: nothing has changed then, and the same stream is given again later. Streams of ZLIB_GLZ are unpacked before.
   */
  decode(stream: Uint8Array): DecodedImage | { missing: bigint } {
    const decoded: unknown = this.#window.decode(stream);
    return Array.isArray(decoded) ? named(decoded) : { missing: decoded as bigint };
  }

  /** Gives its memory back. It is of no use afterwards. */
  free(): void {
    this.#window.free();
  }
}
