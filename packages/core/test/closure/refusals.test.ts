import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";

const NAMES =
  "direct-eval lexical-this new-target super private-instance private-method private-static computed-field socket socket-through-helper timer hash abort-controller iterator generator promise weak-map-in-map shared-memory native-function internal-function rdd context undefined-name not-initialised".split(
    " ",
  );

let messages: Record<string, string> = {};

beforeAll(() => {
  const script = join(import.meta.dirname, "app", "refusals.ts");
  const output = execFileSync(process.execPath, ["--conditions=@vonk/source", "--no-warnings", script], { encoding: "utf8" });
  messages = JSON.parse(/REFUSALS (.*)/.exec(output)?.[1] ?? "{}");
});

describe("messages of refusals are golden files", () => {
  test.each(NAMES)("%s", async (name) => {
    await expect(`${messages[name]}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  test("values are never printed", () => {
    expect(JSON.stringify(messages)).not.toContain("secret");
  });
});
