import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { serversUnderTest } from "@vonk/bus-nats/testing";
import { describe, expect, it } from "vitest";
import { ManagedProcess } from "../cluster/managed-process.ts";
import { E2ECluster } from "../cluster/test-cluster.ts";
import { allServers } from "../fault/seed.ts";

const repository = join(import.meta.dirname, "..", "..");
const servers = (await serversUnderTest()).slice(0, allServers ? 2 : 1);
const small = ["--executor-memory", "256m", "--driver-memory", "512m"];

/** What an application that is not on the workers' hosts consists of. */
const application: Readonly<Record<string, string>> = {
  "package.json": '{ "type": "module" }',
  "src/visit.ts": `
    import { rate } from "tariff";
    export class Visit {
      readonly n: number;
      constructor(n: number) { this.n = n; }
      price(): number { return this.n * rate; }
    }
    globalThis.loadedFrom = import.meta.filename;
    export function home(): string { return globalThis.loadedFrom ?? "it travelled by value"; }`,
  "src/main.ts": `
    import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
    import { setTimeout as sleep } from "node:timers/promises";
    import { SparkContext, SparkFiles } from "@vonk/core";
    import { rate, origin } from "tariff";
    import { home, Visit } from "./visit.ts";
    const [folder, lost, go] = process.argv.slice(2);
    const sc = new SparkContext();
    const visits = sc.parallelize([1, 2, 3, 4], 4).map((n) => new Visit(n));
    const prices = () => visits.repartition(3).map((visit) => visit.price() + readFileSync(SparkFiles.get("extra.txt"), "utf8").length).sum();
    const jobs = [
      prices(),
      sc.range(0, 2, 1, 2).map(() => "packages of the " + origin()).distinct().collect(),
      sc.range(0, 2, 1, 2).map(() => home()).collect(),
    ];
    // Their closures have travelled, with references; in client mode there are workers only when nothing is left at the path.
    await sleep(1000);
    if (existsSync(folder)) rmSync(folder, { recursive: true });
    const [sum, packages, homes] = await Promise.all(jobs);
    console.log("sum " + sum + "\\n" + packages.join("\\n") + "\\nhomes " + homes.join() + "\\nrate " + rate);
    writeFileSync(lost, "");
    while (!existsSync(go)) await sleep(50);
    console.log("sum " + await prices());
    await sc.stop();`,
};

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A folder of packages that has the engine and a package of the same name as others, with contents of its own. */
function installPackages(folder: string, origin: string): void {
  write(join(folder, "node_modules", "tariff"), {
    "package.json": '{ "name": "tariff", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
    "index.js": `export const rate = 2;\nexport function origin() { return ${JSON.stringify(origin)}; }\n`,
  });
  symlinkSync(join(repository, "node_modules", "@vonk"), join(folder, "node_modules", "@vonk"), "junction");
}

for (const { title, program } of servers) {
  // Another host is one where the application's folder does not exist: it is deleted before a worker or executor could look.
  describe.skipIf(program === undefined)(`workers on hosts without the application, on ${title}`, () => {
    for (const mode of ["client", "cluster"] as const) {
      it(`run its modules and files with the workers' packages in ${mode} mode, also after kill -9`, async () => {
        if (program === undefined) return;
        await using cluster = await E2ECluster.start({ program, workers: 0 });
        installPackages(cluster.folder, "worker");
        const scratch = realpathSync(mkdtempSync(join(tmpdir(), "vonk-away-")));
        const folder = join(scratch, "app");
        write(folder, { ...application, "extra.txt": "123" });
        installPackages(folder, "submitter");
        const [lost, go] = [join(cluster.folder, "lost"), join(cluster.folder, "go")];
        const options = ["--deploy-mode", mode, "--files", join(folder, "extra.txt"), "--conf", "spark.executor.cores=1", ...small];
        const words = ["submit", "--master", cluster.url, ...options, join(folder, "src", "main.ts"), folder, lost, go];
        const submit = new ManagedProcess("submit", words, cluster.folder);
        await expect.poll(() => gone(submit, mode, folder), { timeout: 20_000 }).toBe(true);
        rmSync(folder, { recursive: true, force: true });
        for (let index = 0; index < 3; index++) cluster.startWorker(index);
        await expect.poll(() => existsSync(lost) || !submit.isRunning, { timeout: 40_000 }).toBe(true);
        for (const pid of cluster.executorPids().flat()) process.kill(pid, "SIGKILL");
        writeFileSync(go, "");
        expect(await submit.exited(), `${submit.log()}\n${cluster.logs()}`).toBe(0);
        const said = submit.log().split("\n");
        expect(said.filter((line) => line.startsWith("sum "))).toEqual(["sum 32", "sum 32"]);
        expect(said).toContain("packages of the worker");
        const homes =
          said
            .find((line) => line.startsWith("homes "))
            ?.slice("homes ".length)
            .split(",") ?? [];
        for (const home of homes) expect(home).toMatch(new RegExp(`^${cluster.folder}/work-\\d/.*src/visit\\.ts$`));
        rmSync(scratch, { recursive: true, force: true });
      });
    }

    it("name the package that they lack in the error of the job", async () => {
      if (program === undefined) return;
      await using cluster = await E2ECluster.start({ program, workers: 0 });
      const folder = mkdtempSync(join(tmpdir(), "vonk-away-"));
      installPackages(folder, "submitter");
      write(folder, {
        "lib.mjs": 'import { rate } from "tariff";\nexport function price(n) { return n * rate; }\n',
        "main.mjs": `import { rmSync } from "node:fs"; import { setTimeout as sleep } from "node:timers/promises"; import { SparkContext } from "@vonk/core"; import { price } from "./lib.mjs";
          const sc = new SparkContext();
          const running = sc.range(2).map((n) => price(n)).collect();
          await sleep(1000);
          rmSync(import.meta.dirname, { recursive: true });
          await running;`,
      });
      const submit = new ManagedProcess("submit", ["submit", "--master", cluster.url, ...small, join(folder, "main.mjs")], cluster.folder);
      await expect.poll(() => existsSync(folder), { timeout: 20_000 }).toBe(false);
      cluster.startWorker(0);
      expect(await submit.exited()).toBe(1);
      expect(submit.log()).toMatch(/\[TASK_FAILED\] .*module '\.\/lib\.mjs' failed to load \(Cannot find package 'tariff' imported from/);
    });
  });
}

/** True when the submitter needs its folder no more: its driver has deleted it, or the cluster has taken the driver. */
function gone(submit: ManagedProcess, mode: "client" | "cluster", folder: string): boolean {
  return mode === "client" ? !existsSync(folder) : /driver-\S+: submitted/.test(submit.log());
}
