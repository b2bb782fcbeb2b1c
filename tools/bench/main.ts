// `npm run bench -- NAME [--json] [--strict] [--only ROW,ROW] [--no-peers] [--sf SCALE]`: runs a suite on the built packages.
// --json prints one array of results on stdout and nothing else; progress goes to stderr. Exit codes: 0 every bar reached
// (undecided ones allowed without --strict), 1 a bar missed, 2 wrong use.
import { existsSync, globSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt } from "./built-packages.ts";
import { judge, passes, type Observation } from "./judge.ts";
import { withForeignLoad } from "./machine-load.ts";
import type { PeerValue, Result, Row, Suite } from "./suite.ts";

const folder = import.meta.dirname;
const log = (line: string): void => void process.stderr.write(`${line}\n`);

function usage(problem: string): never {
  const suites = globSync("*/suite.ts", { cwd: folder }).map((file) => basename(join(file, "..")));
  log(
    `bench: ${problem}\nusage: npm run bench -- NAME [--json] [--strict] [--only ROW,ROW] [--no-peers] [--sf SCALE]; suites: ${suites.join(", ")}`,
  );
  process.exit(2);
}

function readArgs(): { name: string; json: boolean; strict: boolean; only: readonly string[]; peers: boolean; scale: string } {
  const options = {
    json: { type: "boolean" },
    strict: { type: "boolean" },
    only: { type: "string" },
    "no-peers": { type: "boolean" },
    sf: { type: "string" },
  } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [name] = positionals;
    if (name === undefined || positionals.length > 1) usage("give the name of one suite");
    const only = values.only?.split(",") ?? [];
    const scale = values.sf ?? "1";
    if (!(Number(scale) > 0)) usage(`--sf takes a scale factor such as 1 or 0.1, not ${scale}`);
    return { name, json: values.json ?? false, strict: values.strict ?? false, only, peers: !(values["no-peers"] ?? false), scale };
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

async function measure(row: Row, peers: ReadonlyMap<string, PeerValue>): Promise<Result> {
  const observations: Observation[] = [];
  let failure: string | undefined;
  for (let run = 1; run <= row.runs && failure === undefined; run++) {
    try {
      const { result, foreignCores } = await withForeignLoad(() => row.run());
      observations.push({ sample: result, foreignCores });
      const beside = Object.entries(result.beside ?? {}).map(([name, value]) => `, ${name} ${value.toPrecision(4)}`);
      const others = foreignCores === undefined ? "" : ` (others ${foreignCores.toFixed(2)} cores)`;
      log(`  ${row.name} ${run}/${row.runs}: ${result.value.toPrecision(4)} ${row.unit}${beside.join("")}${others}`);
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      log(`  ${row.name}: ${failure}`);
    }
  }
  return judge(row, failure === undefined ? observations : [], peers, failure);
}

function table(results: readonly Result[]): string {
  const mark = (ok: boolean | null): string => (ok === null ? "?" : ok ? "ok" : "MISSED");
  const lines = results.map((one) => {
    const peers = Object.entries(one.peers).map(([name, value]) => `${name} ${value}`);
    return `${one.name.padEnd(26)} ${`${one.value ?? "–"} ${one.unit}`.padStart(18)}  ${one.bar.padEnd(18)} ${mark(one.ok).padEnd(7)} ${peers.join(", ")} ${one.note ?? ""}`.trimEnd();
  });
  return `${lines.join("\n")}\n`;
}

async function main(): Promise<void> {
  const args = readArgs();
  const file = join(folder, args.name, "suite.ts");
  if (!existsSync(file)) usage(`there is no suite ${args.name}`);
  const { suite } = (await import(file)) as { suite: Suite };
  const unknown = args.only.filter((name) => !suite.rows.some((row) => row.name === name));
  if (unknown.length > 0)
    usage(`suite ${args.name} has no row ${unknown.join(", ")}; there are ${suite.rows.map((row) => row.name).join(", ")}`);
  const rows = suite.rows.filter((row) => args.only.length === 0 || args.only.includes(row.name));
  if (!(await ensureBuilt(log))) {
    log("bench: @vonk/core is not built; repair the build (npm run build) and run this again");
    process.exit(1);
  }
  await suite.prepare(log, { scale: args.scale });
  const names = rows.map((row) => row.name);
  const peers = args.peers ? await suite.peers(log, names) : new Map<string, ReadonlyMap<string, PeerValue>>();
  const results: Result[] = [];
  for (const row of rows) {
    const values = new Map<string, PeerValue>();
    for (const [peer, byRow] of peers) {
      const value = byRow.get(row.name);
      if (value !== undefined) values.set(peer, value);
    }
    results.push(await measure(row, values));
  }
  process.stdout.write(args.json ? `${JSON.stringify(results, null, 2)}\n` : table(results));
  process.exitCode = passes(results, args.strict) ? 0 : 1;
}

await main();
