// `npm run test:faults [-- SEED [ROUNDS]]`: the end-to-end faults with fresh seeds, on the newest and the oldest supported nats-server.
// Prints each seed; VONK_E2E_SEED=SEED replays one. Ends with the first round that fails.
import { runTool } from "../command/run.ts";

const [first = String(Math.floor(Math.random() * 1_000_000)), rounds = "1"] = process.argv.slice(2);

const build = await runTool("nx/dist/bin/nx.js", ["run-many", "-t", "build", "--output-style=static"]);
if (build.code !== 0) process.exit(build.code);
for (let round = 0; round < Number(rounds); round++) {
  const seed = Number(first) + round;
  process.stdout.write(`faults: seed ${seed}\n`);
  process.env["VONK_E2E_SEED"] = String(seed);
  process.env["VONK_E2E_SERVERS"] = "all";
  const { code } = await runTool("vitest/vitest.mjs", ["run", "--config", "e2e/vitest.config.ts"]);
  if (code === 0) continue;
  process.stdout.write(`faults: seed ${seed} failed; again with VONK_E2E_SEED=${seed} npx nx run e2e:test\n`);
  process.exit(1);
}
