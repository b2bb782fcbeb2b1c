/** Where this package's files are: src/ when run from source, dist/ when built. */
export const ownFolder: string = import.meta.dirname;
