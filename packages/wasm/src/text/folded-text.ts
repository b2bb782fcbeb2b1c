/** A piece of text in parentheses: a head, then what belongs to it. */
export interface Folded {
  readonly head: string;
  readonly parts: readonly Folded[];
  /** Whether each part has a line of its own however short it is. */
  readonly tall: boolean;
}

/** A piece on one line when there is room. */
export function folded(head: string, parts: readonly Folded[] = []): Folded {
  return { head, parts, tall: false };
}

/** A piece with a line for each part. */
export function tall(head: string, parts: readonly Folded[]): Folded {
  return { head, parts, tall: true };
}

/** Lines of at most `width` columns where that is possible, two more to the right a level. */
export function printFolded(piece: Folded, width = 120, indent = ""): string {
  const line = oneLine(piece, width - indent.length);
  if (line !== undefined) return indent + line;
  const lines = piece.parts.map((part) => printFolded(part, width, `${indent}  `));
  return [`${indent}(${piece.head}`, ...lines].join("\n") + ")";
}

/** The piece on one line, or undefined when it is wider than `width`. */
function oneLine(piece: Folded, width: number): string | undefined {
  if (piece.tall && piece.parts.length > 0) return undefined;
  let text = `(${piece.head}`;
  for (const part of piece.parts) {
    const inner = oneLine(part, width - text.length - 2);
    if (inner === undefined) return undefined;
    text += ` ${inner}`;
  }
  return text.length < width ? `${text})` : undefined;
}
