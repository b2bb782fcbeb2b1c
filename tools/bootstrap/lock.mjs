// One set-up at a time: two commands started together would delete node_modules under each other.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kill, pid, stderr } from "node:process";

const pollMs = 200;

/** Runs `action` while holding .vonk/setup.lock; the lock of a process that has died is taken over. */
export async function withLock(root, action) {
  mkdirSync(join(root, ".vonk"), { recursive: true });
  const file = join(root, ".vonk", "setup.lock");
  let told = false;
  while (!take(file)) {
    if (!told) stderr.write("vonk: waiting for another command's set-up\n");
    told = true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  try {
    return action();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  if (!alive(file)) rmSync(file, { force: true });
  return false;
}

function alive(file) {
  try {
    const owner = Number(readFileSync(file, "utf8"));
    if (!(owner > 0)) return true;
    kill(owner, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
