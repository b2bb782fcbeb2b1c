import { binaryType, integerType, stringType } from "@vonk/columnar/internal";
import { exactly, oneOf, searchedText, text, type Parameter } from "../../function/signature.ts";

/** Text, or bytes. */
export const textOrBytes: Parameter = oneOf(stringType, binaryType);
/** INT. */
export const int: Parameter = exactly(integerType);
/** BINARY; text becomes its UTF-8 bytes. */
export const bytes: Parameter = exactly(binaryType);
/** Text under any collation. */
export const string: Parameter = text;
/** Text in which others are looked for letter by letter: under a collation that heeds case and not accents Spark has no such search. */
export const searched: Parameter = searchedText;
