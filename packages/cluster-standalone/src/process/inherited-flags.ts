const withoutValue =
  /^(?:-i|-c|--check|--interactive|--test|--watch)$|^--(?:input-type|inspect|test|watch|max-old-space-size|prof|cpu-prof|heap-prof)\b/;
const withValue = new Set(["-e", "--eval", "-p", "--print", "-pe", "--input-type"]);

/** Flags of a Node process that hold for its children too, as import conditions do; those that say what to run, how much to take or whom to attach do not. */
export function inheritedFlags(flags: readonly string[] = process.execArgv): string[] {
  const kept: string[] = [];
  for (let at = 0; at < flags.length; at++) {
    const flag = flags[at] ?? "";
    if (withValue.has(flag)) at++;
    else if (!withoutValue.test(flag)) kept.push(flag);
  }
  return kept;
}
