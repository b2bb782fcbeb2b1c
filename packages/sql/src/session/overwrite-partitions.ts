import { type FileSystem, joinPath, nameOf, parentOf } from "@vonk/filesystem/internal";

/** A folder that has changed places. */
interface Move {
  readonly target: string;
  readonly source: string;
  /** Where what was there lies now, if there was something. */
  readonly old: string | undefined;
}

/**
 * Puts the folders of values that lie in `fresh` in the place of those in `output`; folders of other values stay as they are. When one cannot be moved,
 * those that were come back. `fresh` is gone afterwards, either way.
 * @param depth how many folders lie below one another
 */
export async function overwritePartitions(files: FileSystem, output: string, fresh: string, depth: number): Promise<void> {
  const done: Move[] = [];
  try {
    for (const folder of await foldersAt(files, fresh, "", depth)) {
      const [target, source] = [joinPath(output, folder), joinPath(fresh, folder)];
      const old = (await files.exists(target)) ? `${source}.old` : undefined;
      if (old !== undefined) await files.rename(target, old);
      done.push({ target, source, old });
      await files.mkdirs(parentOf(target) ?? output);
      await files.rename(source, target);
    }
  } catch (error) {
    for (const move of done.toReversed()) await undo(files, move);
    await files.delete(fresh, true);
    throw error;
  }
  await files.delete(fresh, true);
}

async function undo(files: FileSystem, { target, source, old }: Move): Promise<void> {
  if (await files.exists(target)) await files.rename(target, source);
  if (old !== undefined) await files.rename(old, target);
}

/** The folders so many levels below a root, by their paths from there. */
async function foldersAt(files: FileSystem, root: string, below: string, depth: number): Promise<string[]> {
  if (depth === 0) return [below];
  const entries = await files.list(below === "" ? root : joinPath(root, below));
  const found: string[] = [];
  for (const { path, isDirectory } of entries) {
    if (!isDirectory) continue;
    const folder = below === "" ? nameOf(path) : `${below}/${nameOf(path)}`;
    found.push(...(await foldersAt(files, root, folder, depth - 1)));
  }
  return found;
}
