import { fileURLToPath } from "node:url";
import { getCallSites } from "node:util";

const isSource = import.meta.url.endsWith(".ts");
// The package's own files are not where the user called from: src/ when run from source, dist/ when built.
const ownFolder = fileURLToPath(new URL(isSource ? "../" : "./", import.meta.url));

/** Where the user called the engine: `count at app.ts:12`. Costs about 10 µs. */
export function callSite(method: string): string {
  const frame = getCallSites(24).find((site) => {
    const path = pathOf(site.scriptName);
    return path !== "" && !site.scriptName.startsWith("node:") && (!path.startsWith(ownFolder) || path.includes(".test."));
  });
  if (frame === undefined) return method;
  const path = pathOf(frame.scriptName);
  return `${method} at ${path.slice(path.lastIndexOf("/") + 1)}:${frame.lineNumber}`;
}

function pathOf(scriptName: string): string {
  return scriptName.startsWith("file://") ? fileURLToPath(scriptName) : scriptName;
}
