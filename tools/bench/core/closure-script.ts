import { writeFileSync } from "node:fs";

const functions = 1000;
const warmUp = 800;
const jobs = 20;
const closuresOfJob = 10;

/**
 * Writes a program with 1,000 different closures over two variables of its own, as a user's script has them. Its argument says what
 * it measures: `capture` (ms at the driver, the median of the last 200 of 1,000 captures), `first` or `again`.
 *
 * `first` and `again` are about a task thread as a user's jobs meet it: the thread of a local[1] context that has started, run one
 * small job, and nothing more. Twenty jobs one after the other bring ten closures each that it
 * has never seen, every one of another text; the task reads and decodes them as a stage does, in a row. The figure is the median over
 * all 200 in µs, none left out: the first decode, which compiles the closure, or the second. The task's
 * decoder is one of its own, of the very module that the thread runs, with the options of a local thread: the thread's own decoder cannot
 * be timed from outside.
 */
export function writeClosureScript(path: string): void {
  const closures = Array.from({ length: functions }, (_, i) => `  (x) => x * factor + table[${i % 4}] + ${i},`);
  writeFileSync(
    path,
    `import { SparkContext } from "@vonk/core";
import { captureClosure, ClosureDecoder } from "@vonk/core/internal";

const factor = 3;
const table = [1, 2, 3, 4];
const closures = [
${closures.join("\n")}
];
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const appRoot = import.meta.dirname;
const capture = (closure) => captureClosure(closure, { call: "rdd.map()", appRoot }).bytes;

function captures() {
  return closures.map((closure) => {
    const start = performance.now();
    capture(closure);
    return performance.now() - start;
  }).slice(${warmUp});
}

async function decodes(which) {
  const sc = new SparkContext({ master: "local[1]", appName: "closures" });
  await sc.parallelize([1], 1).count();
  const samples = [];
  for (let job = 0; job < ${jobs}; job++) {
    const some = closures.slice(job * ${closuresOfJob}, (job + 1) * ${closuresOfJob});
    const timed = sc.parallelize(some.map(capture), 1).mapPartitions((payloads) => {
      const decoder = new ClosureDecoder({ appRoot, verify: false });
      return [...payloads].map((bytes) => {
        const times = [0, 1].map(() => {
          const start = performance.now();
          decoder.prepare(bytes);
          const fn = decoder.decode(bytes);
          return [performance.now() - start, fn(2)];
        });
        return { first: times[0][0], again: times[1][0], result: times[0][1] };
      });
    });
    for (const [index, time] of (await timed.collect()).entries()) {
      if (time.result !== some[index](2)) throw new Error("closure " + index + " of job " + job + " computes something else");
      samples.push(time[which] * 1000);
    }
  }
  await sc.stop();
  return samples;
}

const name = process.argv[2];
const samples = name === "capture" ? captures() : await decodes(name);
const { user, system } = process.cpuUsage();
console.log("RESULT " + JSON.stringify({ value: median(samples), cpuMs: (user + system) / 1000 }));
`,
  );
}
