import { expect, test } from "vitest";
import { threadFlags } from "./thread-flags.ts";

test("only a process that was given its program as text has to choose its threads' flags", () => {
  expect(threadFlags(["--max-old-space-size=100", "--conditions=x"])).toEqual({});
  expect(threadFlags(["--input-type=module", "--max-old-space-size=100", "-C", "x", "--import=y", "-e", "code"])).toEqual({
    execArgv: ["-C", "x", "--import=y"],
  });
});
