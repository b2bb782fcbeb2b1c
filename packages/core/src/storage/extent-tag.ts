/** Owners of extents share one number space: shuffles, broadcasts and cached blocks each take every third tag. */
export function shuffleTag(shuffleId: number): number {
  return shuffleId * 3 + 3;
}

/** The tag of a broadcast's extents. */
export function broadcastTag(broadcastId: number): number {
  return broadcastId * 3 + 4;
}

/** The tag of one stored block's extents; `sequence` is unique in the process. */
export function blockTag(sequence: number): number {
  return sequence * 3 + 5;
}
