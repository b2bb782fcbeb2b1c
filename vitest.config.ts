import { defineConfig } from "vitest/config";

// Tests run the TypeScript sources: "@vonk/source" is the export condition that points at src.
const conditions = ["@vonk/source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["@vonk/source"] } },
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    execArgv: ["--conditions=@vonk/source"],
    include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts", "tools/**/*.test.ts"],
  },
});
