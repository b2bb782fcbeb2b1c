import { expect, test } from "vitest";
import { root } from "../command/root.ts";
import { readRepository } from "./repository.ts";
import { rules } from "./rules.ts";

test("the repository itself is read once and quickly: every rule runs over it in under three seconds", () => {
  const start = performance.now();
  const repository = readRepository(root);
  for (const rule of rules) rule.check(repository);
  expect(repository.files.size).toBeGreaterThan(50);
  expect(performance.now() - start).toBeLessThan(3000);
});
