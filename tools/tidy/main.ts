// `npm run tidy`: checks every tracked file against the rules of tools/tidy/rule; `-- RULE…` checks some of them,
// `-- --ratchet` rewrites the file of long functions. Exit code 1 when there is a finding.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../command/root.ts";
import { readRepository } from "./repository.ts";
import { longFunctions } from "./rule/function-size.ts";
import { rules } from "./rules.ts";

const args = process.argv.slice(2);
const unknown = args.filter((arg) => arg !== "--ratchet" && !rules.some((rule) => rule.name === arg));
if (unknown.length > 0) {
  process.stderr.write(`tidy: ${unknown.join(", ")} is no rule; there are ${rules.map((rule) => rule.name).join(", ")}\n`);
  process.exit(2);
}
const repository = readRepository(root);
if (args.includes("--ratchet")) {
  const long = [...longFunctions(repository)].map(([key, { lines }]) => [key, lines] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(join(root, "tools/tidy/ratchet.json"), `${JSON.stringify(Object.fromEntries(long), null, 2)}\n`);
  process.stdout.write(`tidy: ${long.length} functions in the ratchet\n`);
} else {
  const wanted = rules.filter((rule) => args.length === 0 || args.includes(rule.name));
  let count = 0;
  for (const rule of wanted) {
    for (const { path, line, message } of rule.check(repository)) {
      process.stdout.write(`${path}:${line}: ${message} (${rule.name})\n`);
      count++;
    }
  }
  process.stdout.write(`tidy: ${repository.files.size} files, ${wanted.length} rules, ${count} findings\n`);
  process.exitCode = count > 0 ? 1 : 0;
}
