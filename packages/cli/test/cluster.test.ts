import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serversUnderTest } from "@vonk/bus-nats/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ended, startVonk, vonk } from "./vonk-process.ts";

const [{ title, program } = { title: "newest [needs nats-server]", program: undefined }] = await serversUnderTest();

let scratch = "";
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "cli-cluster-"));
});
afterAll(() => rmSync(scratch, { recursive: true }));

test.each([
  [["cluster"], "[USAGE] vonk cluster needs one of up, down and status."],
  [["cluster", "up", "--workers", "0"], "[USAGE] --workers is '0', expected a whole number of at least 1."],
  [["cluster", "up", "--memory", "much"], "[USAGE] --memory is 'much', expected a size such as 512m or 4g."],
  [["master"], "[USAGE] vonk master needs the addresses of NATS, vonk://host:port[,host:port]."],
  [["worker", "vonk://h:1", "vonk://h:2"], "[USAGE] vonk worker takes one address, but met 'vonk://h:2' too."],
  [["submit"], "[USAGE] vonk submit needs the path of an application."],
  [["submit", "--deploy-mode", "far", "word-count.ts"], "[USAGE] --deploy-mode is 'far', expected client or cluster."],
  [
    ["submit", "--deploy-mode", "cluster", "a.ts"],
    "--deploy-mode cluster needs --master vonk://host:port of a cluster, but the master is 'local[1]'",
  ],
  [["submit", "--supervise", "word-count.ts"], "[USAGE] --supervise needs --deploy-mode cluster"],
  [["submit", "--executor-memory", "big", "word-count.ts"], "[USAGE] --executor-memory is 'big', expected a size"],
  [
    ["submit", "--class", "org.Main", "x.jar"],
    "[SUBMIT_OPTION_FOREIGN] vonk submit has no --class: an application is a file with top-level code",
  ],
  [["submit", "--jars=a.jar", "x.ts"], "vonk submit has no --jars: there is no JVM that would load it. Install npm packages"],
  [["submit", "no-such-app.ts"], "[APPLICATION_NOT_FOUND] Application no-such-app.ts does not exist."],
  [["submit", "package.json"], "[APPLICATION_KIND] Application package.json cannot run: Vonk runs TypeScript and JavaScript"],
])("%j ends with 2 and says why", async (args, message) => {
  const { code, stderr } = await vonk(args);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test("submit refuses what does not compile, in the file and in those that it imports, before anything runs", async () => {
  const app = join(scratch, "imports-bad.ts");
  writeFileSync(app, 'import "./bad.ts";\nconsole.log("ran");\n');
  writeFileSync(join(scratch, "bad.ts"), "const a: number = 1;\nconst a = 2;\n");
  const { code, stdout, stderr } = await vonk(["submit", app]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/\[APPLICATION_SYNTAX\] .*bad\.ts does not compile: SyntaxError: Identifier 'a' has already been declared/);
  writeFileSync(join(scratch, "bad.ts"), "let x;\nconst a: number = ;\n");
  expect((await vonk(["submit", app])).stderr).toContain("bad.ts does not compile: line 2: SyntaxError: Expression expected");
});

test("submit in client mode is run with spark-submit's options and files of defaults", async () => {
  const file = join(scratch, "settings.conf");
  writeFileSync(file, "spark.app.name from the file\nspark.test.file file\n");
  const { code, stdout, stderr } = await vonk(
    ["submit", "--properties-file", file, "--name", "flag", "--conf", "spark.test.flag=1", "-v", `--files=${file}`, "settings.ts", "2"],
    { VONK_CONF_spark_test_environment: "environment" },
  );
  expect(code).toBe(0);
  const { settings } = JSON.parse(stdout.split("\n")[0] ?? "") as { settings: Record<string, string> };
  expect(settings).toMatchObject({ "spark.app.name": "flag", "spark.test.file": "file", "spark.test.environment": "environment" });
  expect(stderr).toContain("  spark.test.flag  1\n");
  expect(stderr).toContain(`  spark.files  ${file}\n`);
  expect((await vonk(["submit", "--files=missing.txt", "settings.ts"])).stderr).toContain("PATH_NOT_FOUND");
  expect((await vonk(["submit", "--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await vonk(["submit", "--usage-error"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--total-executor-cores") });
});

describe.skipIf(program === undefined)(`a cluster of this machine on ${title}`, () => {
  const folder = (): string => join(scratch, "cluster");
  let url = "";
  beforeAll(async () => {
    if (program === undefined) return;
    const options = ["--dir", folder(), "--workers", "2", "--cores", "2", "--memory", "2g", "--masters", "2"];
    const { code, stdout, stderr } = await vonk(["cluster", "up", ...options]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    url = stdout.trim();
  });
  afterAll(async () => {
    expect((await vonk(["cluster", "down", "--dir", folder()])).stdout).toContain(
      "Ended master-1, master-2, nats-server, worker-1, worker-2.",
    );
    expect((await vonk(["cluster", "down", "--dir", folder()])).stdout).toContain("No cluster runs");
    expect((await vonk(["cluster", "status", "--dir", folder()])).stderr).toContain("[CLUSTER_NOT_RUNNING]");
  });
  const submit = (args: readonly string[]): ReturnType<typeof vonk> =>
    vonk(["submit", "--master", url, "--executor-memory", "256m", "--driver-memory", "512m", ...args]);
  const cluster = ["--deploy-mode", "cluster"];
  const idIn = (text: string): string => /driver-\d+-\w+/.exec(text)?.[0] ?? "";

  test("runs an application here and on a worker, and gives its output and exit code", async () => {
    const said = { name: "words", args: ["x", "--name", "y"], counts: { a: 1, b: 3, c: 1 } };
    for (const mode of [[], cluster]) {
      const { code, stdout } = await submit([...mode, "--name", "words", "word-count.ts", "x", "--name", "y"]);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual({ ...said, master: "vonk://" });
    }
    expect(await submit([...cluster, "exits-by-itself.ts"])).toMatchObject({
      code: 7,
      stderr: expect.stringContaining("failed, exit code 7"),
    });
    expect((await submit([...cluster, "never-settles.ts"])).code).toBe(13);
    const { code, stderr } = await submit([...cluster, "rejects-later.ts"]);
    expect(code).toBe(1);
    expect(stderr).toContain("nobody listens");
  });

  test("takes the application's own files to a worker that does not have them", async () => {
    const app = join(scratch, "moves");
    mkdirSync(join(app, "lib"), { recursive: true });
    const code = 'import { SparkContext } from "@vonk/core"; import { two } from "./lib/two.ts";\n';
    writeFileSync(
      join(app, "main.ts"),
      `${code}const sc = new SparkContext();\nconsole.log(two, import.meta.filename, (await sc.range(4).collect()).length);\nawait sc.stop();\n`,
    );
    writeFileSync(join(app, "lib", "two.ts"), "export const two: number = 2;\n");
    const path = join(app, "main.ts");
    const waiting = submit([...cluster, "--conf", "spark.standalone.submit.waitAppCompletion=false", "--driver-cores", "9", path]);
    const { stdout } = await waiting;
    rmSync(app, { recursive: true });
    // Now there is room for it, on a worker that looks for a path that is gone.
    const worker = startVonk(["worker", url, "--cores", "9", "--memory", "1g", "--work-dir", join(scratch, "moved")]);
    const gone = ended(worker);
    await expect.poll(async () => (await submit(["--status", idIn(stdout)])).stdout, { timeout: 20_000 }).toContain("finished");
    const [said = ""] = globSync(join(scratch, "moved", "*", "driver-*", "stdout"));
    expect(readFileSync(said, "utf8")).toMatch(/^2 .*moved.*files.main\.ts 4\n$/);
    worker.kill("SIGTERM");
    await gone;
  });

  test("shows, kills and restarts drivers", async () => {
    const child = startVonk(["submit", "--master", url, "--driver-memory", "512m", ...cluster, "spins-in-a-task.ts"]);
    const waited = ended(child);
    const driverId = await new Promise<string>((resolve) => child.stderr?.once("data", (text: Buffer) => resolve(idIn(String(text)))));
    expect(await submit(["--status", driverId])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${driverId}: running on worker-`),
    });
    expect((await vonk(["cluster", "status", "--dir", folder()])).stdout).toMatch(
      new RegExp(`master-\\d leads since term \\d+, active[^]*${driverId} +running`),
    );
    expect(await submit(["--kill", driverId])).toMatchObject({ code: 0, stdout: expect.stringContaining("is told to end") });
    expect(await waited).toMatchObject({ code: 143, stderr: expect.stringContaining(`${driverId}: killed`) });
    expect((await submit(["--kill", driverId])).code).toBe(1);
    expect(await submit(["--status", "driver-1-x"])).toMatchObject({ code: 1, stdout: expect.stringContaining("knows no driver") });
  });

  test("launches a supervised driver again, and does not wait when told so", async () => {
    const marks = join(scratch, "marks");
    const app = join(scratch, "fails-once.ts");
    const code = `import { existsSync, writeFileSync } from "node:fs";
      if (!existsSync(${JSON.stringify(marks)})) { writeFileSync(${JSON.stringify(marks)}, ""); process.exit(9); }
      console.log("again");`;
    writeFileSync(app, code);
    const { code: exitCode, stdout, stderr } = await submit([...cluster, "--supervise", app]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "again\n" });
    expect(stderr).toMatch(/relaunching[^]*launch 2/);
    const noWait = await submit([...cluster, "--conf", "spark.standalone.submit.waitAppCompletion=false", app]);
    expect(noWait).toMatchObject({ code: 0, stdout: expect.stringMatching(/^driver-\d{14}-\w+\n$/) });
  });

  test("takes another master and worker by their commands, until they are told to end", async () => {
    const taken = await vonk(["master", url, "--name", "master-1"]);
    expect(taken).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[MASTER_NAME_TAKEN] Cluster 'standalone' has a master named 'master-1'"),
    });
    const worker = startVonk(["worker", url, "--cores", "1", "--memory", "256m", "--work-dir", join(scratch, "work")]);
    const master = startVonk(["master", url]);
    const waited = [ended(worker), ended(master)];
    await expect
      .poll(async () => (await vonk(["cluster", "status", "--dir", folder()])).stdout, { timeout: 15_000 })
      .toContain("0 of 0.3 GiB");
    worker.kill("SIGTERM");
    master.kill("SIGTERM");
    for (const { code, stderr } of await Promise.all(waited)) {
      expect(code).toBe(0);
      for (const line of stderr.trim().split("\n"))
        expect(JSON.parse(line)).toMatchObject({ logger: expect.stringMatching(/master|worker/) });
    }
    expect(readdirSync(join(scratch, "work"))).toHaveLength(1);
  });
});
