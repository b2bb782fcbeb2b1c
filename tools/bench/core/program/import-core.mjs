// How long the built bundle of @vonk/core takes to import.
const start = performance.now();
await import("@vonk/core");
const value = performance.now() - start;
const { user, system } = process.cpuUsage();
process.stdout.write(`RESULT ${JSON.stringify({ value, cpuMs: (user + system) / 1000 })}\n`);
