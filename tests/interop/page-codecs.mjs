// The codecs of the page's package against what the reference made of the vectors' streams: all bytes of all pixels.
// `page-codecs.mjs PACKAGE`; node 20 or newer, nothing else. A line of JSON on standard input is a case, in the order of a window:
//   {"codec": "quic" | "lz" | "glz", "name", "stream": hexadecimal, "palette": [colours], "fresh": a new window, and one of
//    "rgba": SHA-256 of R, G, B, A of the picture with "width" and "height"; "missing": number; "error": its words}
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const { initSync, decodeQuic, decodeLz, GlzWindow } = await import(pathToFileURL(`${folder}/codecs.js`));
initSync({ module: readFileSync(`${folder}/engine_bg.wasm`) });

let window = new GlzWindow();
const decoders = { quic: decodeQuic, lz: decodeLz, glz: (stream) => window.decode(stream) };
const counts = {};

function ask({ codec, stream, palette, fresh }) {
  if (fresh) {
    window.free();
    window = new GlzWindow();
  }
  try {
    const { width, height, data, missing } = decoders[codec](Buffer.from(stream, "hex"), palette);
    if (missing !== undefined) return { missing: Number(missing) };
    return { width, height, rgba: createHash("sha256").update(data).digest("hex") };
  } catch (error) {
    return { error: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const given = JSON.parse(line);
  const got = ask(given);
  const same = ["width", "height", "rgba", "missing", "error"].every((key) => given[key] === got[key]);
  if (!same) throw new Error(`${given.codec} ${given.name}: ${JSON.stringify(got)} and not ${JSON.stringify({ ...given, stream: "" })}`);
  counts[given.codec] = (counts[given.codec] ?? 0) + 1;
}
console.log(JSON.stringify(counts));
