// Runs the lines of conformance sets in node.
//
//     node verdicts.mjs PACKAGE_FOLDER MODEL_JSON LINES...
//
// PACKAGE_FOLDER/dist is the package as `tsc` compiled it. Prints the first lines that differ, then how many agree and how many
// differ; ends with 1 if one does.

import { createReadStream, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { comparer } from "./compare.mjs";

const [folder, modelFile, ...files] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(resolve(folder, "dist", `${name}.js`)).href);
const check = await comparer(JSON.parse(readFileSync(modelFile, "utf8")), load);

let seen = 0;
const wrong = [];
for (const file of files) {
  let index = 0;
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    index++;
    seen++;
    const line = JSON.parse(text);
    const found = check(line);
    if (found !== null) wrong.push(`${basename(file)}:${index}: ${line.name}: ${found}`);
  }
}
for (const line of wrong.slice(0, 20)) console.log(line.slice(0, 2000));
console.log(`agree ${seen - wrong.length}, differ ${wrong.length}`);
process.exitCode = wrong.length > 0 || seen === 0 ? 1 : 0;
