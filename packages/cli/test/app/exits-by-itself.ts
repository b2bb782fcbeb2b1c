process.exitCode = 7;
export {};
