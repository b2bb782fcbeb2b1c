// Milliseconds for the first SQL text in a process, beyond what the second takes: what the parser costs to build.
import { parseSQL } from "@vonk/catalyst/internal";

const time = (text: string): number => {
  const start = performance.now();
  parseSQL(text);
  return performance.now() - start;
};
const first = time("select count(*) from t where a > 1 group by b");
const second = time("select count(*) from u where c > 1 group by d");
process.stdout.write(`RESULT ${JSON.stringify({ value: first - second })}\n`);
