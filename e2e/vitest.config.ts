import { join } from "node:path";
import { defineConfig } from "vitest/config";

// End-to-end tests run the built packages, as users do, one file after the other: each has a cluster of its own.
export default defineConfig({
  root: join(import.meta.dirname, ".."),
  test: {
    pool: "forks",
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    include: ["e2e/**/*.test.ts"],
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
  },
});
