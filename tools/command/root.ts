import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the repository, without a trailing slash. */
export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
