import { expect, it } from "vitest";
import { inheritedFlags } from "./inherited-flags.ts";

it("keeps conditions and loaders, not what to run, limits and debuggers", () => {
  const flags = [
    "--conditions=@vonk/source",
    "-C",
    "x",
    "--input-type=module",
    "-e",
    "1",
    "--inspect-brk=0",
    "--max-old-space-size=9",
    "--import=a",
  ];
  expect(inheritedFlags(flags)).toEqual(["--conditions=@vonk/source", "-C", "x", "--import=a"]);
});
