// Runs the lines of conformance sets in a page of Chromium, headless, by chromedriver.
//
//     node chromium.mjs CHROMIUM PACKAGE_FOLDER MODEL_JSON LINES...
//
// A server on the loopback interface gives the page the package as it was compiled, the description and the lines. Prints what
// `verdicts.mjs` prints, and which browser it was.

import { spawn } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const [chromium, folder, model, ...files] = process.argv.slice(2);

/** What runs in the page. */
async function inPage(files, done) {
  const { comparer } = await import("/compare.mjs");
  const check = await comparer(await (await fetch("/model")).json(), (name) => import(`/dist/${name}.js`));
  const wrong = [];
  let seen = 0;
  for (const [number, name] of files.entries()) {
    let rest = "";
    let index = 0;
    const lines = (text) => {
      for (const one of text) {
        index++;
        seen++;
        const line = JSON.parse(one);
        const found = check(line);
        if (found !== null) wrong.push(`${name}:${index}: ${line.name}: ${found}`);
      }
    };
    const reader = (await fetch(`/lines/${number}`)).body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const parts = (rest + piece.value).split("\n");
      rest = parts.pop();
      lines(parts);
    }
    if (rest !== "") lines([rest]);
  }
  done({ seen, wrong: wrong.length, first: wrong.slice(0, 20), browser: navigator.userAgent });
}

const pages = {
  "/": ["text/html", () => "<!doctype html><title>lines</title>"],
  "/compare.mjs": ["text/javascript", fileURLToPath(new URL("compare.mjs", import.meta.url))],
  "/model": ["application/json", model],
};
const web = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const module = /^\/dist\/(\w+\.js)$/.exec(pathname);
  const lines = /^\/lines\/(\d+)$/.exec(pathname);
  const [type, from] = module
    ? ["text/javascript", resolve(folder, "dist", module[1])]
    : lines
      ? ["application/jsonl", files[lines[1]]]
      : (pages[pathname] ?? ["text/plain", undefined]);
  const missing = () => response.writeHead(404).end();
  if (from === undefined) return missing();
  if (typeof from === "function") return response.writeHead(200, { "Content-Type": type }).end(from());
  const stream = createReadStream(from);
  stream.on("open", () => stream.pipe(response.writeHead(200, { "Content-Type": type }))).on("error", missing);
});
await new Promise((listening) => web.listen(0, "127.0.0.1", listening));

const profile = mkdtempSync(join(tmpdir(), "lines-in-chromium-"));
const driver = spawn("chromedriver", ["--port=0"], { stdio: ["ignore", "pipe", "inherit"] });
let base = "";
for await (const line of createInterface({ input: driver.stdout })) {
  const port = /started successfully on port (\d+)/.exec(line);
  if (port) {
    base = `http://127.0.0.1:${port[1]}/session`;
    break;
  }
}
// What is not read any more must not stop it.
driver.stdout.resume();

async function ask(method, path, body) {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const { value } = await (await fetch(base + path, init)).json();
  if (value?.error) throw new Error(`${path}: ${value.message}`);
  return value;
}

try {
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--no-proxy-server"];
  args.push("--disable-background-networking", "--disable-component-update", `--user-data-dir=${profile}`);
  const alwaysMatch = { "goog:chromeOptions": { binary: chromium, args }, timeouts: { script: 600_000 } };
  const { sessionId } = await ask("POST", "", { capabilities: { alwaysMatch } });
  try {
    await ask("POST", `/${sessionId}/url`, { url: `http://127.0.0.1:${web.address().port}/` });
    const script = `(${inPage})(arguments[0], arguments[1]).catch((error) => arguments[1]({ failed: String(error?.stack ?? error) }));`;
    const args = [files.map((file) => basename(file))];
    const { seen, wrong, first, browser, failed } = await ask("POST", `/${sessionId}/execute/async`, { script, args });
    if (failed) throw new Error(failed);
    console.log(browser);
    for (const line of first) console.log(line.slice(0, 2000));
    console.log(`agree ${seen - wrong}, differ ${wrong}`);
    process.exitCode = wrong > 0 || seen === 0 ? 1 : 0;
  } finally {
    await ask("DELETE", `/${sessionId}`);
  }
} finally {
  driver.kill();
  web.close();
  web.closeAllConnections();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
}
