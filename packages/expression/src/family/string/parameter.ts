import { binaryType, integerType, stringType } from "@vonk/columnar/internal";
import { exactly, oneOf, text, type Parameter } from "../../function/signature.ts";

/** Text, or bytes. */
export const textOrBytes: Parameter = oneOf(stringType, binaryType);
/** INT. */
export const int: Parameter = exactly(integerType);
/** BINARY; text becomes its UTF-8 bytes. */
export const bytes: Parameter = exactly(binaryType);
/** Text under any collation. */
export const string: Parameter = text;
