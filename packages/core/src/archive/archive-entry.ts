/** Something in an archive: a file with its bytes, a folder, or a link to another place. */
export interface ArchiveEntry {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly kind: "file" | "folder" | "symbolicLink" | "hardLink";
  /** Permissions, as in `chmod`; 0 when the archive does not tell. */
  readonly mode: number;
  readonly bytes: Uint8Array;
  /** Of a link. A hard link's is relative to the archive, a symbolic one's to where it lies. */
  readonly target: string;
}

/** Why an archive cannot be read; a sentence's end. */
export class ArchiveProblem extends Error {}
