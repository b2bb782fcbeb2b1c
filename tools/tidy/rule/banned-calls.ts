import { isShipped, select } from "../file-kind.ts";
import { matches, type Rule } from "../repository.ts";

/** What may not be used directly, and what takes its place. Time, randomness and the environment come in as interfaces. */
const banned: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  { pattern: /\bDate\.now\b/g, instead: "clock.now() of the Clock you were given" },
  { pattern: /\bnew Date\(\s*\)/g, instead: "new Date(clock.now())" },
  { pattern: /\bperformance\.now\b/g, instead: "clock.monotonicMs()" },
  { pattern: /\bprocess\.hrtime\b/g, instead: "clock.monotonicMs()" },
  { pattern: /\bMath\.random\b/g, instead: "the Random you were given" },
  { pattern: /\bcrypto\.(random\w+|getRandomValues)\b/g, instead: "the Random you were given" },
  { pattern: /\b(randomUUID|randomBytes|randomInt|getRandomValues)\s*\(/g, instead: "the Random you were given" },
  { pattern: /\b(setTimeout|setInterval)\s*\(/g, instead: "clock.schedule(delayMs, task)" },
  { pattern: /\bsetImmediate\s*\(/g, instead: "clock.schedule(0, task)" },
  { pattern: /\bqueueMicrotask\s*\(/g, instead: "an action returned by the step, performed by its shell" },
  { pattern: /\bprocess\.env\b/g, instead: "a typed entry of the configuration" },
];

/** The few files whose subject is the machine's own clock, randomness or environment. */
const allowed: readonly RegExp[] = [
  /^packages\/common\/src\/time\//,
  /^packages\/common\/src\/config\/environment\.ts$/,
  /^packages\/[^/]+\/src\/bin\//,
];

/** Shipped code asks its Clock, Random and configuration, never the platform. */
export const bannedCalls: Rule = {
  name: "banned-calls",
  check(repository) {
    const files = select(repository, (path) => isShipped(path) && !allowed.some((pattern) => pattern.test(path)));
    return files.flatMap((file) =>
      banned.flatMap(({ pattern, instead }) => matches(file, pattern, (match) => `${match[0].trim()}: use ${instead}`)),
    );
  },
};
