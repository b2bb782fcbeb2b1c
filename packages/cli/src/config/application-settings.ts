import { writeEnvironment } from "@vonk/common/internal";
import type { ApplicationOptions } from "../argument/parse-arguments.ts";
import { readPropertiesFile } from "./properties-file.ts";

/**
 * Makes the command line's settings the defaults of every SparkConf in this process.
 * They go through the environment, because the application may hold a copy of @vonk/core of its own.
 * @throws PROPERTIES_FILE_UNREADABLE
 */
export function applySettings({ settings, propertiesFile }: ApplicationOptions): void {
  if (propertiesFile !== undefined) writeEnvironment(readPropertiesFile(propertiesFile));
  writeEnvironment(settings);
}
