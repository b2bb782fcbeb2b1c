import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ended, startVonk, vonk } from "./vonk-process.ts";

let scratch = "";
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "cli-test-"));
});
afterAll(() => rmSync(scratch, { recursive: true }));

describe("vonk", () => {
  test("--help names every command, option and exit code", async () => {
    const { code, stdout } = await vonk(["--help"]);
    expect(code).toBe(0);
    for (const command of ["run", "shell", "sql", "submit", "cluster", "master", "worker"]) {
      expect(stdout).toContain(`vonk ${command}`);
      const own = await vonk([command, "--help"]);
      expect(own).toMatchObject({ code: 0, stdout: expect.stringContaining(`vonk ${command}`) });
      expect(own.stdout).toContain("--conf");
    }
    expect(stdout).toContain("130");
    expect((await vonk([])).stdout).toBe(stdout);
  });

  test("--version prints the package's version", async () => {
    expect(await vonk(["--version"])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  test.each([
    [["fly"], "[USAGE] 'fly' is no command; there are run, shell, sql, submit, logs, cluster, master, worker. Run: vonk --help"],
    [["run"], "[USAGE] vonk run needs the path of an application. Run: vonk --help"],
    [["run", "--speed", "9", "app.ts"], "[USAGE] vonk run has no option --speed. Run: vonk --help"],
    [["run", "--master"], "[USAGE] --master needs a value. Run: vonk --help"],
    [["run", "--conf", "spark.x", "app.ts"], "[USAGE] --conf is 'spark.x', expected key=value. Run: vonk --help"],
    [["run", "--conf", "x=1", "app.ts"], "[USAGE] --conf sets 'x', expected a key that begins with spark. or vonk.. Run: vonk --help"],
    [["shell", "app.ts"], "[USAGE] vonk shell takes no file, but met 'app.ts'; run a file with vonk run. Run: vonk --help"],
    [["run", "no-such-app.ts"], "[APPLICATION_NOT_FOUND] Application no-such-app.ts does not exist."],
    [
      ["run", "--properties-file", "no-such-file.conf", "settings.ts"],
      "[PROPERTIES_FILE_UNREADABLE] Properties file no-such-file.conf cannot be read",
    ],
  ])("%j ends with 2 and says why", async (args, message) => {
    const { code, stderr } = await vonk(args);
    expect(stderr).toContain(`vonk: ${message}`);
    expect(code).toBe(2);
  });
});

describe("vonk run", () => {
  test("code wins over options, options over the properties file, that over the environment", async () => {
    const file = join(scratch, "spark-defaults.conf");
    const keys = ["code", "flag", "file"].map((name) => `spark.test.${name}  file`);
    writeFileSync(file, `# settings\n${keys.join("\n")}\nspark.app.name = from the file\nother.key x\n`);
    const environment = { VONK_CONF_spark_test_environment: "environment", VONK_CONF_spark_test_file: "environment" };
    const options = [
      "--properties-file",
      file,
      "--master=local[2]",
      "--name",
      "from a flag",
      "-c",
      "spark.test.code=flag",
      "--conf",
      "spark.test.flag=a=b",
    ];
    const { code, stdout, stderr } = await vonk(["run", ...options, "settings.ts", "--", "3", "--name", "x"], environment);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [settings = "", result] = stdout.split("\n");
    expect(JSON.parse(settings)).toEqual({
      settings: {
        "spark.master": "local[2]",
        "spark.app.name": "from a flag",
        "spark.test.code": "code",
        "spark.test.flag": "a=b",
        "spark.test.file": "file",
        "spark.test.environment": "environment",
      },
      args: ["3", "--name", "x"],
    });
    expect(result).toBe("[0,3,6,9]");
  });

  test("an application that fails in a task ends with 1, code, message and the user's file and line", async () => {
    const { code, stderr } = await vonk(["run", "fails-in-task.ts"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^vonk: \[TASK_FAILED\] Task \d+ of stage 0 \(partition 0, .*TypeError: bad record 0/);
    expect(stderr).toMatch(/fails-in-task\.ts:7:11/);
    expect(stderr).not.toContain("stage-runner");
    expect((await vonk(["run", "fails-in-task.ts"], { VONK_DEBUG: "1" })).stderr).toContain("stage-runner");
  });

  test("an unhandled rejection ends with 1", async () => {
    const { code, stderr } = await vonk(["run", "rejects-later.ts"]);
    expect(code).toBe(1);
    expect(stderr).toContain("vonk: RangeError: nobody listens\n    at ");
    expect(stderr).toMatch(/rejects-later\.ts:2:\d+/);
  });

  test("a wrong master is an error of the application", async () => {
    const { code, stderr } = await vonk(["run", "--master", "local[0]", "settings.ts"]);
    expect(code).toBe(1);
    expect(stderr).toContain("[MASTER_URL_INVALID] Master URL 'local[0]' is not understood.");
  });

  test("a top level that never settles ends with 13, an exit code of the application's goes through", async () => {
    expect((await vonk(["run", "never-settles.ts"])).code).toBe(13);
    expect((await vonk(["run", "exits-by-itself.ts"])).code).toBe(7);
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends with %d while a task spins, and leaves no temporary folder", async (signal, expected) => {
    const child = startVonk(["run", "spins-in-a-task.ts"], { VONK_CONF_spark_local_dir: scratch });
    child.stdout?.once("data", () => child.kill(signal));
    const { code, stdout } = await ended(child);
    expect(stdout).toContain("running");
    expect(code).toBe(expected);
    expect(readdirSync(scratch).filter((name) => name.startsWith("vonk-"))).toEqual([]);
  });
});
