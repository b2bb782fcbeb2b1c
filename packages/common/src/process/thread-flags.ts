/** Flags that name what a process runs; a thread that has a file of its own cannot take them. */
const sourceFlag = /^(?:-e|-p|-pe|--eval|--print|--input-type)(?:=|$)/;
/** Flags that mean something for a thread. Others, V8's among them, are refused when they are given to one. */
const threadFlag = /^(?:-C|-r|--conditions|--import|--require|--disable-warning|--no-warnings|--experimental-)/;
const takesValue: ReadonlySet<string> = new Set(["-C", "-r", "--conditions", "--import", "--require", "--disable-warning"]);

/**
 * Options for a thread of a process that was started with its program on the command line (`node --input-type=module -e …`): the flags
 * that hold for the thread too. Nothing for other processes, whose threads take their flags by themselves.
 */
export function threadFlags(flags: readonly string[] = process.execArgv): { readonly execArgv?: string[] } {
  if (!flags.some((flag) => sourceFlag.test(flag))) return {};
  const execArgv: string[] = [];
  for (let at = 0; at < flags.length; at++) {
    const flag = flags[at] ?? "";
    if (!threadFlag.test(flag)) continue;
    execArgv.push(flag);
    if (takesValue.has(flag)) execArgv.push(flags[++at] ?? "");
  }
  return { execArgv };
}
