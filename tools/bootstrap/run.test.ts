import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { root } from "../command/root.ts";

const bootstrap = join(root, "tools", "bootstrap");

function node(args: readonly string[], env: Record<string, string> = {}): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, ...env }, timeout: 30_000 });
}

describe("run.mjs", () => {
  test("a name that is no tool is answered with the names that are", () => {
    const { status, stderr } = node([join(bootstrap, "run.mjs"), "tets"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^vonk: tets is not a tool; there are bench, .*, test, /);
  });

  test("the tool's exit code and arguments pass through, and it runs on a Node the project allows", () => {
    const done = node([join(bootstrap, "run.mjs"), "setup"]);
    expect(done).toMatchObject({ status: 0, stdout: expect.stringMatching(/^ready: Node (24\.(1[1-9]|[2-9]\d)|2[6-9])/) });
    expect(node([join(bootstrap, "run.mjs"), "tidy", "no-such-rule"]).status).toBe(2);
  });
});

describe("in a folder of its own", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "vonk-bootstrap-"));
    mkdirSync(join(folder, ".vonk"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs a line of JavaScript with the bootstrap's modules at hand. */
  function script(text: string): { status: number | null; stdout: string; stderr: string } {
    const file = join(folder, "script.mjs");
    const imports = ["dependencies", "lock", "node"].map(
      (name) => `import * as ${name} from ${JSON.stringify(join(bootstrap, `${name}.mjs`))};\n`,
    );
    writeFileSync(file, `${imports.join("")}const root = ${JSON.stringify(folder)};\n${text}\n`);
    return node([file]);
  }

  test("the lock of a process that has died is taken over, and given back", () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(join(folder, ".vonk", "setup.lock"), String(dead));
    expect(script('console.log(await lock.withLock(root, () => "in"));')).toMatchObject({ status: 0, stdout: "in\n" });
    expect(existsSync(join(folder, ".vonk", "setup.lock"))).toBe(false);
  });

  test("node_modules that agree with the lockfile are stamped, not installed again", () => {
    const packages = {
      "": {},
      "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
      "node_modules/b": { version: "1.0.0", optional: true },
    };
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages }));
    mkdirSync(join(folder, "node_modules", "typescript"), { recursive: true });
    const installed = { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } };
    writeFileSync(join(folder, "node_modules", ".package-lock.json"), JSON.stringify({ packages: installed }));
    expect(script('dependencies.ensureDependencies(root, "no-such-node");')).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(join(folder, "node_modules", ".vonk-stamp"), "utf8")).toMatch(/^[0-9a-f]{64}$/);
  });

  test("other integrity of an installed package means an install", () => {
    const packages = { "node_modules/a": { version: "1.0.0", integrity: "sha512-new" } };
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages }));
    mkdirSync(join(folder, "node_modules"));
    const installed = { "node_modules/a": { version: "1.0.0", integrity: "sha512-old" } };
    writeFileSync(join(folder, "node_modules", ".package-lock.json"), JSON.stringify({ packages: installed }));
    const { status, stderr } = script(
      'process.env.npm_execpath = ""; process.env.PATH = ""; dependencies.ensureDependencies(root, "/no-such-folder/node");',
    );
    expect(status).not.toBe(0);
    expect(stderr).toContain("installing dependencies from package-lock.json");
  });

  test("a platform without a pinned Node uses the developer's own when it is new enough, else says what to install", () => {
    cpSync(bootstrap, join(folder, "bootstrap"), { recursive: true });
    const text = readFileSync(join(bootstrap, "node.mjs"), "utf8").replace(
      /import \{([^}]*)\} from "node:process";/,
      (_, names: string) => {
        const rest = names
          .split(",")
          .map((name) => name.trim())
          .filter((name) => name !== "" && name !== "platform" && name !== "versions");
        return `import { ${rest.join(", ")} } from "node:process";\nconst platform = "darwin";\nconst versions = { node: process.env.FAKE_NODE };`;
      },
    );
    const file = join(folder, "bootstrap", "node.mjs");
    writeFileSync(file, `${text}\ntry { console.log(ensureNode(".") === execPath); } catch (error) { console.log(error.message); }\n`);
    expect(node([file], { FAKE_NODE: "24.11.0" }).stdout).toBe("true\n");
    expect(node([file], { FAKE_NODE: "26.1.0" }).stdout).toBe("true\n");
    expect(node([file], { FAKE_NODE: "24.10.9" }).stdout).toMatch(
      /^this machine \(darwin-\w+\) has no pinned Node package.*met 24\.10\.9, expected \^24\.11\.0 or >=26\.0\.0\. Install it/,
    );
    expect(node([file], { FAKE_NODE: "20.20.2" }).stdout).toContain("met 20.20.2");
  });
});
