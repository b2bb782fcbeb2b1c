#!/usr/bin/env node
import { constants, enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Compiling the engine's modules is a seventh of the time to a first answer. The variable is for threads and processes that are started from here;
// NODE_DISABLE_COMPILE_CACHE=1 switches it off, as for every program.
const cache = process.env["NODE_COMPILE_CACHE"] ?? join(tmpdir(), "node-compile-cache");
if (enableCompileCache(cache).status !== constants.compileCacheStatus.DISABLED) process.env["NODE_COMPILE_CACHE"] = cache;

const { main } = await import("../main.ts");
await main(process.argv.slice(2), { debug: !["", "0", "false", undefined].includes(process.env["VONK_DEBUG"]) });
