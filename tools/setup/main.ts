// `npm run setup`: the set-up itself is done by the bootstrap before any tool runs; this one only says what there is.
process.stdout.write(`ready: Node ${process.versions.node} on ${process.platform}-${process.arch}\n`);
