import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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
  [["logs"], "[USAGE] vonk logs needs --master vonk://host:port of a cluster, but the master is 'local[1]'."],
  [["logs", "a", "b"], "[USAGE] vonk logs takes one ID, but met 'b' too."],
  [["logs", "a", "--master=vonk://h:1", "--stream", "x"], "[USAGE] --stream is 'x', expected stdout or stderr."],
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

test("submit refuses what is not there or does not compile, in the file and in those that it imports, before anything runs", async () => {
  const app = join(scratch, "imports-bad.ts");
  writeFileSync(app, 'import "./bad.ts";\nconsole.log("ran");\n');
  writeFileSync(join(scratch, "bad.ts"), "const a: number = 1;\nconst a = 2;\n");
  // Nobody listens there: it is refused before anybody is asked.
  const cluster = ["--master", "vonk://127.0.0.1:9", "--deploy-mode", "cluster"];
  for (const options of [[], cluster]) {
    const { code, stdout, stderr } = await vonk(["submit", ...options, app]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/\[APPLICATION_SYNTAX\] .*bad\.ts does not compile: SyntaxError: Identifier 'a' has already been declared/);
    const missing = await vonk(["submit", ...options, join(scratch, "gone.ts")]);
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/\[APPLICATION_NOT_FOUND\] Application .*gone\.ts does not exist\./),
    });
  }
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
    const kept = await vonk(["logs", idIn(stderr), "--master", url]);
    expect(kept).toMatchObject({ code: 0, stderr: expect.stringContaining("nobody listens") });
  });

  test("takes modules to executors that find another state of the application, whose driver runs here", async () => {
    const app = join(scratch, "leaves");
    mkdirSync(app);
    symlinkSync(join(import.meta.dirname, "..", "..", "..", "node_modules"), join(app, "node_modules"), "junction");
    writeFileSync(
      join(app, "lib.ts"),
      "const loaded = import.meta.filename;\nexport function place(n: number): string { return `${n} ${loaded}`; }\n",
    );
    writeFileSync(
      join(app, "main.ts"),
      `import { writeFileSync } from "node:fs"; import { SparkContext } from "@vonk/core"; import { place } from "./lib.ts";
       const sc = new SparkContext();
       writeFileSync(import.meta.dirname + "/lib.ts", "export const place: string = 'another state';");
       for (const line of await sc.range(0, 2, 1, 2).map((n) => place(n)).collect()) console.log(line);
       await sc.stop();`,
    );
    const { code, stdout, stderr } = await submit([join(app, "main.ts")]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const copy = `.*/app-[^/]+/\\d+/local/modules${join(app, "lib.ts")}`;
    expect(stdout).toMatch(new RegExp(`^0 ${copy}\\n1 ${copy}\\n$`));
    // They go with the application.
    await expect.poll(() => globSync(join(folder(), "**", "local", "modules")), { timeout: 10_000 }).toEqual([]);
  });

  test("refuses a driver whose packages no worker has, and gives up one whose worker lacks them", async () => {
    const app = join(scratch, "needs");
    mkdirSync(app);
    const path = join(app, "main.ts");
    writeFileSync(path, 'import rare from "rare-package";\nimport "@scope/rarer/part";\nconsole.log(rare);\n');
    const refused = await submit([...cluster, "--supervise", path]);
    expect(refused).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/\[BUNDLE_PACKAGE_MISSING\] The application imports .*rare-package.*@scope\/rarer.*, missing on /),
    });
    expect((await vonk(["cluster", "status", "--dir", folder()])).stdout).not.toMatch(/driver-\S+ +(submitted|running|relaunching)/);
    // The workers of now would find them; the one that has room for it comes later and does not.
    for (const name of ["rare-package", "@scope/rarer"]) mkdirSync(join(app, "node_modules", name), { recursive: true });
    const child = startVonk(["submit", "--master", url, "--driver-memory", "512m", "--driver-cores", "8", ...cluster, "--supervise", path]);
    const waited = ended(child);
    await new Promise((resolve) => child.stderr?.once("data", resolve));
    rmSync(app, { recursive: true });
    const worker = startVonk(["worker", url, "--cores", "8", "--memory", "1g", "--work-dir", join(scratch, "poor")]);
    const gone = ended(worker);
    const { code, stderr } = await waited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/: failed \(\[BUNDLE_PACKAGE_MISSING\] The application imports .*rare-package/);
    expect(stderr).not.toContain("relaunching");
    const wants = "submitted (it waits for a worker with 8 cores and 512 MiB; free: worker-";
    expect(stderr).toContain(wants);
    expect(stderr).toMatch(/2 cores of 2, 2 GiB of 2 GiB\. No worker is that large: lower spark\.driver\.memory or spark\.driver\.cores/);
    worker.kill("SIGTERM");
    await gone;
  });

  test("takes the application's own files to a worker that does not have them", async () => {
    const app = join(scratch, "moves");
    mkdirSync(join(app, "lib"), { recursive: true });
    writeFileSync(
      join(app, "main.ts"),
      `import { readFileSync } from "node:fs"; import { SparkContext, SparkFiles } from "@vonk/core"; import { two } from "#two";
       const { three } = await import("./lib/three.ts");
       const sc = new SparkContext();
       const read = () => readFileSync(SparkFiles.get("table.txt"), "utf8") + readFileSync(SparkFiles.get("more.txt"), "utf8");
       console.log(two, three, read(), import.meta.filename, await sc.range(0, 2, 1, 2).map((n) => n + two + read()).collect());
       await sc.stop();`,
    );
    writeFileSync(join(app, "package.json"), '{ "type": "module", "imports": { "#two": "./lib/two.ts" } }');
    writeFileSync(join(app, "lib", "two.ts"), "export const two: number = 2;\n");
    writeFileSync(join(app, "lib", "three.ts"), "export const three: number = 3;\n");
    writeFileSync(join(app, "table.txt"), "rows");
    const shared = join(scratch, "more.txt");
    writeFileSync(shared, "+");
    const path = join(app, "main.ts");
    const leave = ["--conf", "spark.standalone.submit.waitAppCompletion=false"];
    expect(await submit([...cluster, "--files", join(app, "none.txt"), path])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`[ATTACHED_FILE_MISSING] spark.files names ${join(app, "none.txt")}, which is no file here.`),
    });
    const files = ["--files", `${join(app, "table.txt")},local:${shared}`];
    const { stdout } = await submit([...cluster, ...leave, ...files, "--driver-cores", "9", path]);
    rmSync(app, { recursive: true });
    // Now there is room for it, on a worker that looks for a path that is gone.
    const worker = startVonk(["worker", url, "--cores", "9", "--memory", "1g", "--work-dir", join(scratch, "moved")]);
    const gone = ended(worker);
    await expect.poll(async () => (await submit(["--status", idIn(stdout)])).stdout, { timeout: 20_000 }).toContain("finished");
    const [said = ""] = globSync(join(scratch, "moved", "*", "driver-*", "stdout"));
    expect(readFileSync(said, "utf8")).toMatch(/^2 3 rows\+ .*moved.*files.main\.ts \[ '2rows\+', '3rows\+' \]\n$/);
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

  test("shows what executors print, while they run and afterwards", async () => {
    const logs = (...args: readonly string[]): ReturnType<typeof vonk> => vonk(["logs", "--master", url, ...args]);
    const release = join(scratch, `release-${Date.now()}`);
    const app = startVonk(["submit", "--master", url, "--executor-memory", "256m", "prints-in-tasks.ts", release]);
    const waited = ended(app);
    const appId = await new Promise<string>((resolve) => app.stdout?.once("data", (text: Buffer) => resolve(String(text).trim())));
    // From before the cluster knows of it.
    const following = startVonk(["logs", "--master", url, appId, "--follow"]);
    const followed = ended(following);
    await expect.poll(async () => (await logs(appId)).stdout, { timeout: 20_000 }).toMatch(/^\[\d\] task [01] begins$/m);
    const complaint = await logs(appId, "--executor", "0", "--stream", "stderr");
    expect((await logs()).stdout, complaint.stdout).toMatch(new RegExp(`^${appId} +0 +worker-\\S+ +runs +\\d+ +\\d+$`, "m"));
    writeFileSync(release, "");
    expect((await waited).code).toBe(0);
    const { code, stdout, stderr } = await followed;
    expect(code).toBe(0);
    for (const text of [stdout, (await logs(appId)).stdout]) {
      expect(
        text
          .match(/^\[\d\] task \d (begins|ends)$/gm)
          ?.map((line) => line.slice(4))
          .toSorted(),
      ).toEqual(["task 0 begins", "task 0 ends", "task 1 begins", "task 1 ends"]);
    }
    expect(stderr).toMatch(/^\[\d\] task [01] complains$/m);
    const one = await logs(appId, "--executor", "0", "--stream", "stdout");
    expect(one).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^executor 0 of app-/) });
    expect((await logs()).stdout).toMatch(new RegExp(`^${appId} +0 +worker-\\S+ +has ended +\\d+ +\\d+$`, "m"));
    const unknown = await logs(appId, "--executor", "77");
    expect(unknown).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("[LOGS_NOT_FOUND] No worker has logs of executor 77 of app-"),
    });
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
    // Until it says something, a signal may meet a process without handlers.
    await new Promise((resolve) => master.stderr?.once("data", resolve));
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
