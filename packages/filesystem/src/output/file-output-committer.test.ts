import { expect, test } from "vitest";
import type { FileSystem } from "../system/file-system.ts";
import { createFaultyFileSystem } from "../testing/faulty-file-system.ts";
import { MemoryFileSystem } from "../testing/memory-file-system.ts";
import { FileOutputCommitter } from "./file-output-committer.ts";
import { partName } from "./output-layout.ts";
import { asyncTaskCommitter, TaskOutputCommitter } from "./task-output-committer.ts";

const output = "memory:/out";

function writeTask(files: MemoryFileSystem, partition: number, attempt: number, text: string, folder = ""): TaskOutputCommitter {
  const task = new TaskOutputCommitter(files.sync, output, { jobId: "7", partition, attempt });
  task.setupTask();
  files.writeText(task.newTaskFile(folder + partName(partition)), text);
  return task;
}

test("committed tasks appear with the job, aborted and forgotten ones never", async () => {
  const files = new MemoryFileSystem();
  const job = new FileOutputCommitter(files, output);
  await job.setupJob();
  expect(writeTask(files, 0, 0, "a").newTaskFile("part-00000")).toBe("memory:/out/_temporary/0/_temporary/attempt_7_m_000000_0/part-00000");
  writeTask(files, 0, 1, "b").commitTask();
  writeTask(files, 1, 0, "c").abortTask();
  writeTask(files, 1, 1, "d").commitTask();
  writeTask(files, 1, 2, "e").commitTask();
  expect(files.paths().every((path) => path.startsWith("memory:/out/_temporary/"))).toBe(true);
  await job.commitJob();
  expect(files.paths()).toEqual(["memory:/out/_SUCCESS", "memory:/out/part-00000", "memory:/out/part-00001"]);
  expect([files.readText("/out/part-00000"), files.readText("/out/part-00001")]).toEqual(["b", "e"]);
});

test("tasks share folders below the output", async () => {
  const files = new MemoryFileSystem();
  const job = new FileOutputCommitter(files, output);
  await job.setupJob();
  writeTask(files, 0, 0, "a", "year=1/").commitTask();
  writeTask(files, 1, 0, "b", "year=1/").commitTask();
  await job.commitJob();
  expect(files.paths()).toEqual(["memory:/out/_SUCCESS", "memory:/out/year=1/part-00000", "memory:/out/year=1/part-00001"]);
});

test("a folder that exists is refused and left alone", async () => {
  const files = new MemoryFileSystem();
  files.writeText("/out/mine", "x");
  const job = new FileOutputCommitter(files, output);
  await expect(job.setupJob()).rejects.toThrowError(expect.objectContaining({ code: "OUTPUT_EXISTS" }));
  await job.abortJob();
  expect(files.paths()).toEqual(["memory:/out/mine"]);
});

test("a job that fails at any call leaves nothing", async () => {
  for (let failAt = 0; ; failAt++) {
    const files = new MemoryFileSystem();
    let calls = 0;
    let failing = true;
    const faulty: FileSystem = createFaultyFileSystem(files, (operation) =>
      failing && calls++ === failAt ? new Error(operation) : undefined,
    );
    const job = new FileOutputCommitter(faulty, output);
    const failure = await runJob(job, faulty).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) {
      expect(files.paths()).toEqual(["memory:/out/_SUCCESS", "memory:/out/part-00000", "memory:/out/part-00001"]);
      expect(failAt).toBeGreaterThan(8);
      return;
    }
    failing = false;
    await job.abortJob();
    expect([files.paths(), await files.exists(output)], `failing call ${failAt}`).toEqual([[], false]);
  }
});

async function runJob(job: FileOutputCommitter, files: FileSystem): Promise<void> {
  await job.setupJob();
  for (const partition of [0, 1]) {
    const task = asyncTaskCommitter(files, output, { jobId: "7", partition, attempt: 0 });
    await task.setupTask();
    const writer = await files.create(task.newTaskFile(partName(partition)));
    await writer.write(Buffer.from("x"));
    await writer.close();
    await task.commitTask();
  }
  await job.commitJob();
}

test("a task that still runs when its job has failed brings nothing back", async () => {
  const files = new MemoryFileSystem();
  const job = new FileOutputCommitter(files, output);
  await job.setupJob();
  const running = writeTask(files, 0, 0, "a");
  await job.abortJob();
  const ended: unknown = expect.objectContaining({ code: "OUTPUT_JOB_ENDED" });
  expect(() => running.newTaskFile("part-00001")).toThrow(ended);
  expect(() => writeTask(files, 1, 0, "b")).toThrow(ended);
  running.abortTask();
  expect(files.paths()).toEqual([]);
});
