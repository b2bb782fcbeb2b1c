// `npm run demo`: the main job on real data, on the built packages.
import { ensureBuilt } from "../bench/built-packages.ts";
import { help, parseOptions } from "./options.ts";

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`demo: ${text}\n`);

async function main(words: readonly string[]): Promise<number> {
  if (words.includes("--help") || words.includes("-h")) {
    say(help);
    return 0;
  }
  const options = parseOptions(words);
  if (typeof options === "string") {
    complain(`${options}\n\n${help}`);
    return 2;
  }
  if (!(await ensureBuilt(complain))) {
    complain("there are no built packages; run npm run build and see why");
    return 1;
  }
  // The engine is loaded only now: it may just have been built.
  const { runDemo } = await import("./run-demo.ts");
  try {
    await runDemo(options, say);
    return 0;
  } catch (error) {
    complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
