import { writeFileSync } from "node:fs";

// The first hundreds run before V8 has optimised the codec, and take 60 to 90 µs to decode: this row is about a thread that has been
// at work for a while.
const functions = 1000;
const warmUp = 800;

/**
 * Writes a program with 1,000 different closures over two variables of its own, as a user's script has them, that ships each to a
 * decoder in the same thread. Its argument says what it measures, as the median over the last 200: `capture` (ms at the driver),
 * `first` (µs of the first decode, which compiles the factory) or `again` (µs of a later decode).
 */
export function writeClosureScript(path: string): void {
  const closures = Array.from({ length: functions }, (_, i) => `  (x) => x * factor + table[${i % 4}] + ${i},`);
  writeFileSync(
    path,
    `import { captureClosure, ClosureDecoder } from "@vonk/core/internal";

const factor = 3;
const table = [1, 2, 3, 4];
const closures = [
${closures.join("\n")}
];
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const appRoot = import.meta.dirname;
const decoder = new ClosureDecoder({ appRoot });
const samples = { capture: [], first: [], again: [] };
const timed = (name, work) => {
  const start = performance.now();
  const result = work();
  samples[name].push(performance.now() - start);
  return result;
};
// One after the other, as driver and task threads do not share a processor's caches either.
const payloads = closures.map((closure) => timed("capture", () => captureClosure(closure, { call: "rdd.map()", appRoot })).bytes);
for (const [index, closure] of closures.entries()) {
  const bytes = payloads[index];
  const fn = timed("first", () => decoder.decode(bytes));
  timed("again", () => decoder.decode(bytes));
  if (fn(2) !== closure(2)) throw new Error("closure " + index + " computes something else");
}
const name = process.argv[2];
const { user, system } = process.cpuUsage();
const value = median(samples[name].slice(${warmUp})) * (name === "capture" ? 1 : 1000);
console.log("RESULT " + JSON.stringify({ value, cpuMs: (user + system) / 1000 }));
`,
  );
}
