// How long messages take in node, a table's row for each line: its name, what was done, nanoseconds.
//
//     node speed.mjs PACKAGE_FOLDER LINES
//     node speed.mjs --html5 SPICE_HTML5_FOLDER LINES
//
// PACKAGE_FOLDER/dist is the package as `tsc` compiled it. With `--html5` it is spice-html5 that parses, as it is installed: its
// modules are loaded and asked what they export, which is a class for each message, made from a buffer. Their text is not
// read by people; whether a class does parse is seen by what is in it then.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const html5 = process.argv[2] === "--html5";
const [folder, file] = process.argv.slice(html5 ? 3 : 2);
const lines = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const load = (...path) => import(pathToFileURL(resolve(folder, ...path)).href);

/** The median of three runs of at least 20 ms of processor time, the first ones not counted. */
function nanoseconds(step) {
  const run = (count) => {
    const start = process.cpuUsage();
    for (let i = 0; i < count; i++) step();
    const { user, system } = process.cpuUsage(start);
    return (user + system) * 1000;
  };
  let count = 1024;
  while (run(count) < 20e6) count *= 2;
  return [0, 1, 2].map(() => run(count) / count).sort((a, b) => a - b)[1];
}

const print = (line, what, step) => console.log(`${line.name}\t${what}\t${nanoseconds(step).toFixed(3)}`);

if (html5) {
  await speedOfHtml5();
} else {
  const { Reader } = await load("dist", "wire.js");
  for (const line of lines) {
    const module = await load("dist", `${line.module}.js`);
    const side = line.direction === "server" ? "Server" : "Client";
    const [parse, encode] = [module[`parse${side}Message`], module[`encode${side}Message`]];
    const body = new Uint8Array(Buffer.from(line.hex, "hex"));
    const message = parse(line.number, new Reader(body));
    print(line, "parse", () => parse(line.number, new Reader(body)));
    print(line, "write", () => encode(message));
  }
}

async function speedOfHtml5() {
  // It is made for pages, which have these; and node takes `.js` for modules where a package says so.
  for (const [name, value] of Object.entries({ window: globalThis, document: {}, navigator: { appName: "", appVersion: "" } })) {
    Object.defineProperty(globalThis, name, { value, configurable: true });
  }
  const copy = mkdtempSync(join(tmpdir(), "spice-html5-"));
  try {
    cpSync(folder, copy, { recursive: true });
    writeFileSync(join(copy, "package.json"), '{"type":"module"}');
    const messages = await import(pathToFileURL(join(copy, "spicemsg.js")).href);
    const classes = {
      "display 304": ["SpiceMsgDisplayDrawCopy", (value) => value.data.src_bitmap.descriptor.width],
      "display 302": ["SpiceMsgDisplayDrawFill", (value) => value.base.clip.rects.num_rects],
      "display 123": ["SpiceMsgDisplayStreamData", (value) => value.data_size],
      "cursor 103": ["SpiceMsgCursorSet", (value) => value.cursor.header.width],
    };
    const say = console.log;
    for (const line of lines) {
      const known = classes[`${line.module} ${line.number}`];
      if (known === undefined) continue;
      const [Message, look] = [messages[known[0]], known[1]];
      const buffer = new Uint8Array(Buffer.from(line.hex, "hex")).buffer;
      // Pictures are looked into as well, and those of the workloads are none: what it says of that is not wanted.
      console.log = () => {};
      const parsed = look(new Message(buffer));
      const time = nanoseconds(() => new Message(buffer));
      console.log = say;
      if (!(parsed > 0)) throw new Error(`${known[0]} has not parsed ${line.name}`);
      console.log(`${line.name}\tparse\t${time.toFixed(3)}`);
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
}
