import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../command/root.ts";
import { run, runTool, type Outcome } from "../command/run.ts";

/** A way in which a user's program takes a package, and how that went. */
export interface Use {
  readonly name: string;
  readonly outcome: Outcome;
}

/** Imports every door of an installed package from ESM JavaScript, from CommonJS and from TypeScript, in `folder`. */
export async function useDoors(folder: string, doors: readonly string[]): Promise<Use[]> {
  mkdirSync(folder, { recursive: true });
  const listed = doors.map((door) => JSON.stringify(door));
  writeFileSync(join(folder, "use.mjs"), `for (const door of [${listed.join(", ")}]) await import(door);\n`);
  writeFileSync(join(folder, "use.cjs"), `for (const door of [${listed.join(", ")}]) require(door);\n`);
  const imports = listed.map(
    (door, index) => `import * as door${index} from ${door};\nexport const names${index}: string[] = Object.keys(door${index});\n`,
  );
  writeFileSync(join(folder, "use.mts"), imports.join(""));
  const compilerOptions = {
    target: "es2024",
    module: "nodenext",
    strict: true,
    noEmit: true,
    types: ["node"],
    typeRoots: [join(root, "node_modules", "@types")],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.mts"] }));
  const clean = { cwd: folder, capture: true, env: { NODE_OPTIONS: undefined, NODE_PATH: undefined }, timeoutMs: 60_000 };
  return [
    { name: "import", outcome: await run(process.execPath, ["use.mjs"], clean) },
    { name: "require", outcome: await run(process.execPath, ["use.cjs"], clean) },
    { name: "types", outcome: await runTool("typescript/bin/tsc", ["-p", "."], clean) },
  ];
}
