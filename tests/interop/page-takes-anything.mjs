// Every message of the reference's vectors, right and damaged, through the engine of the page's package in WebAssembly: a trap, or an
// exception of any kind, ends it with status 1. `page-takes-anything.mjs PACKAGE VECTOR.jsonl...`; node 20 or newer, nothing else.
//
// It plays the server: a link reply with a key, a ticket accepted, then messages of the vectors, a hundred in each session or as many as it takes to
// end a channel.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, ...files] = process.argv.slice(2);
const { initSync, Engine } = await import(pathToFileURL(`${folder}/core.js`));
initSync({ module: readFileSync(`${folder}/engine_bg.wasm`) });

const key = generateKeyPairSync("rsa", { modulusLength: 1024, publicKeyEncoding: { type: "spki", format: "der" }, privateKeyEncoding: { type: "pkcs8", format: "der" } }).publicKey;
const u32 = (...numbers) => Buffer.from(new Uint32Array(numbers).buffer);
/** Accepts AUTH_SELECTION, SPICE, MINI_HEADER; no capabilities of the channel. */
const reply = () => {
  const body = Buffer.concat([u32(0), key, u32(1, 0, 178), u32(0b1011)]);
  return Buffer.concat([Buffer.from("REDQ"), u32(2, 2, body.length), body]);
};
const frame = (number, body) => {
  const head = Buffer.alloc(6);
  head.writeUInt16LE(number, 0);
  head.writeUInt32LE(body.length, 2);
  return Buffer.concat([head, body]);
};
/** INIT with both mouse modes and an agent, and one channel of each kind. */
const init = frame(103, u32(4711, 1, 3, 2, 1, 10, 0, 0));
const list = frame(104, Buffer.concat([u32(3), Buffer.from([2, 0, 3, 0, 4, 0])]));
const surface = frame(314, u32(0, 64, 48, 32, 1));

let messages = 0, sessions = 0, pixels = 0;
const counts = {};

class Session {
  constructor() {
    sessions += 1;
    this.engine = new Engine("open sesame", new Uint8Array(16384).fill(7));
    this.connections = new Map();
    this.over = false;
    this.goOn();
    this.push(1, 0, init);
    this.push(1, 0, list);
    this.push(2, 0, surface);
  }

  goOn() {
    for (let news = this.engine.nextNews(); news !== undefined; news = this.engine.nextNews()) {
      counts[news[0]] = (counts[news[0]] ?? 0) + 1;
      if (news[0] === "open") {
        const [, id, type, number] = news;
        this.connections.set(`${type} ${number}`, id);
        this.engine.push(id, reply());
        this.engine.push(id, u32(0));
      }
      // What comes behind a message that ends its channel would not be looked at.
      if (news[0] === "over" || news[0] === "lost") this.over = true;
      if (news[0] === "damage") {
        const rects = this.engine.takeDamage(news[1]);
        for (let at = 0; at < rects.length; at += 4) {
          pixels += (this.engine.pixels(news[1], rects[at], rects[at + 1], rects[at + 2], rects[at + 3]) ?? []).length / 4;
        }
      }
    }
  }

  push(type, number, bytes) {
    const id = this.connections.get(`${type} ${number}`);
    if (id === undefined) throw new Error(`no channel ${type}`);
    this.engine.push(id, bytes);
    this.goOn();
  }
}

for (const file of files) {
  let session = new Session();
  const type = Number(/(\d\d)-[a-z]+\.jsonl$/.exec(file)[1]);
  readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line)).forEach((vector, at) => {
    if (vector.direction === "client") return;
    if (at % 100 === 0 || session.over) {
      session.engine.free();
      session = new Session();
    }
    messages += 1;
    session.push(type, 0, frame(vector.id, Buffer.from(vector.hex, "hex")));
  });
  session.engine.free();
}
if (!counts.connected || !counts.size || pixels === 0) throw new Error(`nothing was shown: ${JSON.stringify(counts)}`);
console.log(`${messages} messages in ${sessions} sessions, ${pixels} pixels: ${JSON.stringify(counts)}`);
