import { asBytes, asText, binaryType, stringType, type SQLValue } from "@vonk/columnar/internal";
import { widestType } from "../../coercion/wider-type.ts";
import { expressionErrors } from "../../errors.ts";
import { family, tolerant } from "../../function/family.ts";
import type { CallSite, Evaluator, ScalarFunction } from "../../function/function-entry.ts";
import { coerceTo } from "../../function/signature.ts";
import { comparison } from "../../order/compare-values.ts";
import { bytesOfHex } from "../math/integer.ts";
import { bytes, string } from "./parameter.ts";

const text = family("string");

const charsets = ["US-ASCII", "ISO-8859-1", "UTF-8", "UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32"];

/** @throws INVALID_PARAMETER_VALUE.CHARSET */
function charsetOf(name: string, functionName: string): string {
  const upper = name.toUpperCase();
  if (charsets.includes(upper)) return upper;
  throw expressionErrors.create("INVALID_PARAMETER_VALUE.CHARSET", {
    parameter: "`charset`",
    functionName: `\`${functionName}\``,
    charsets: charsets.toSorted().join(", ").toLowerCase(),
    charset: name,
  });
}

/** @throws MALFORMED_CHARACTER_CODING */
function unfit(functionName: string, charset: string): never {
  throw expressionErrors.create("MALFORMED_CHARACTER_CODING", { function: `\`${functionName}\``, charset });
}

function encode(value: string, name: string): Uint8Array {
  const charset = charsetOf(name, "encode");
  if (charset === "UTF-8") return new TextEncoder().encode(value);
  if (charset === "UTF-32") {
    const points = Array.from(value, (character) => character.codePointAt(0) ?? 0);
    const view = new DataView(new ArrayBuffer(points.length * 4));
    for (const [index, point] of points.entries()) view.setUint32(index * 4, point);
    return new Uint8Array(view.buffer);
  }
  if (charset.startsWith("UTF-16")) {
    const little = new Uint8Array(Buffer.from(value, "utf16le"));
    if (charset === "UTF-16LE") return little;
    const big = new Uint8Array(Buffer.from(little).swap16());
    return charset === "UTF-16BE" ? big : new Uint8Array([0xfe, 0xff, ...big]);
  }
  const most = charset === "US-ASCII" ? 0x7f : 0xff;
  for (const character of value) if ((character.codePointAt(0) ?? 0) > most) return unfit("encode", charset);
  return new Uint8Array(Buffer.from(value, "latin1"));
}

function decode(value: Uint8Array, name: string): string {
  const charset = charsetOf(name, "decode");
  if (charset === "UTF-32")
    return Array.from({ length: value.length / 4 }, (_, index) => String.fromCodePoint(Buffer.from(value).readUInt32BE(index * 4))).join(
      "",
    );
  if (charset === "ISO-8859-1") return Buffer.from(value).toString("latin1");
  if (charset === "US-ASCII") return value.some((byte) => byte > 127) ? unfit("decode", charset) : Buffer.from(value).toString("latin1");
  const marked = value[0] === 0xff && value[1] === 0xfe ? "utf-16le" : "utf-16be";
  try {
    return new TextDecoder(charset === "UTF-16" ? marked : charset.toLowerCase(), { fatal: true }).decode(value);
  } catch {
    return unfit("decode", charset);
  }
}

/** With two arguments bytes under a charset, with more the result beside the first key that is equal; nulls are equal. */
const decodeFunction: ScalarFunction = {
  ...text("decode", "Bytes as text under a charset; or the value beside the key that is equal.", [bytes, string], stringType, (site) => {
    if (site.args.length === 2)
      return (value = null, charset = null) => (value === null || charset === null ? null : decode(asBytes(value), asText(charset)));
    const compare = comparison(site.args[0]?.dataType ?? stringType);
    return (value = null, ...pairs) => {
      for (let at = 0; at + 1 < pairs.length; at += 2) {
        const key = pairs[at] ?? null;
        if (key === null || value === null ? key === value : compare(key, value) === 0) return pairs[at + 1] ?? null;
      }
      return pairs.length % 2 === 1 ? (pairs.at(-1) ?? null) : null;
    };
  }),
  arity: [2, Infinity],
  nulls: "handled",
  resolve: (args, site) => {
    if (args.length === 2) return { args: coerceTo([bytes, string], args, site), dataType: stringType };
    const isKey = (index: number): boolean => index === 0 || (index % 2 === 1 && index < args.length - 1);
    const pick = (keys: boolean): typeof args => args.filter((_, index) => isKey(index) === keys);
    const key =
      widestType(
        pick(true).map((argument) => argument.dataType),
        site,
      ) ?? stringType;
    const value =
      widestType(
        pick(false).map((argument) => argument.dataType),
        site,
      ) ?? stringType;
    return { args: args.map((_, index) => (isKey(index) ? key : value)), dataType: value, nullable: true };
  },
};

function malformed(value: string, format: string, site: CallSite): null {
  if (site.mode === "try") return null;
  throw expressionErrors.create("CONVERSION_INVALID_INPUT", {
    str: `'${value}'`,
    fmt: `'${format}'`,
    targetType: '"BINARY"',
    suggestion: "`try_to_binary`",
  });
}

/** Bytes of Base64, which may have line ends; undefined when it is malformed. */
function bytesOfBase64(value: string): Uint8Array | undefined {
  const compact = value.replaceAll(/[^A-Za-z0-9+/=]/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.replace(/=+$/, "").length % 4 === 1) return undefined;
  if (compact.includes("=") && compact.length % 4 !== 0) return undefined;
  return new Uint8Array(Buffer.from(compact, "base64"));
}

function toBinary(site: CallSite): Evaluator {
  return (value, format = "hex") => {
    const [source, name] = [asText(value), asText(format).toLowerCase()];
    if (name === "utf-8" || name === "utf8") return new TextEncoder().encode(source);
    if (name === "hex") return bytesOfHex(source) ?? malformed(source, "HEX", site);
    if (name !== "base64") {
      if (site.mode === "try") return null;
      throw expressionErrors.create("INVALID_PARAMETER_VALUE.CHARSET", {
        parameter: "`fmt`",
        functionName: "`to_binary`",
        charsets: "base64, hex, utf-8, utf8",
        charset: asText(format),
      });
    }
    return bytesOfBase64(source) ?? malformed(source, "BASE64", site);
  };
}

const toBinaryFunction = text("to_binary", "Bytes of text that is hexadecimal, Base64 or UTF-8.", [string, string], binaryType, toBinary, {
  arity: [1, 2],
});

/** Text with `%xx` and `+` for characters that URLs have not. */
function urlEncode(value: SQLValue): string {
  return encodeURIComponent(asText(value))
    .replaceAll("%20", "+")
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function urlDecode(site: CallSite): Evaluator {
  return (value) => {
    try {
      return decodeURIComponent(asText(value).replaceAll("+", " "));
    } catch {
      if (site.mode === "try") return null;
      throw expressionErrors.create("CANNOT_DECODE_URL", { url: asText(value) });
    }
  };
}

const urlDecodeFunction = text("url_decode", "The text of an encoded part of a URL.", [string], stringType, urlDecode, { group: "url" });

interface URLParts {
  readonly scheme?: string | undefined;
  readonly authority?: string | undefined;
  readonly path?: string | undefined;
  readonly query?: string | undefined;
  readonly fragment?: string | undefined;
}

/** By the expression of RFC 3986, appendix B; undefined for characters that no URI has. */
function splitURL(url: string): URLParts | undefined {
  if (/[\s<>"{}|\\^`]/.test(url) || /%(?![0-9A-Fa-f]{2})/.test(url)) return undefined;
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(url);
  if (match === null) return undefined;
  const [, scheme, authority, path, query, fragment] = match;
  return { scheme, authority: authority === "" ? undefined : authority, path, query, fragment };
}

function urlPart(parts: URLParts, name: string, key: string | undefined): string | null {
  const authority = parts.authority;
  switch (name) {
    case "PROTOCOL":
      return parts.scheme ?? null;
    case "HOST":
      return authority?.replace(/^.*@/, "").replace(/:\d*$/, "") ?? null;
    case "PATH":
      return parts.path ?? null;
    case "QUERY":
      if (key === undefined) return parts.query ?? null;
      return parts.query === undefined ? null : (new RegExp(`(?:^|&)${RegExp.escape(key)}=([^&]*)`).exec(parts.query)?.[1] ?? null);
    case "REF":
      return parts.fragment ?? null;
    case "FILE":
      return (parts.path ?? "") + (parts.query === undefined ? "" : `?${parts.query}`);
    case "AUTHORITY":
      return authority ?? null;
    case "USERINFO":
      return authority?.includes("@") === true ? authority.replace(/@.*$/, "") : null;
    default:
      return null;
  }
}

const parseURL = text(
  "parse_url",
  "A part of a URL.",
  [string, string, string],
  stringType,
  (site) => (url, part, key) => {
    const parts = splitURL(asText(url));
    if (parts !== undefined) return urlPart(parts, asText(part), key === undefined ? undefined : asText(key));
    if (site.mode !== "ansi") return null;
    throw expressionErrors.create("INVALID_URL", { url: asText(url), functionName: "`try_parse_url`" });
  },
  {
    arity: [2, 3],
    group: "url",
    resolve: (args, site) => ({ args: coerceTo([string], args, site), dataType: stringType, nullable: true }),
  },
);

/** Functions between texts, bytes and their encodings. */
export const encodings: readonly ScalarFunction[] = [
  text("base64", "Base64 of bytes.", [bytes], stringType, () => (value) => Buffer.from(asBytes(value)).toString("base64")),
  text(
    "unbase64",
    "Bytes of Base64.",
    [string],
    binaryType,
    (site) => (value) => bytesOfBase64(asText(value)) ?? malformed(asText(value), "BASE64", site),
  ),
  text(
    "encode",
    "The bytes of a text under a charset.",
    [string, string],
    binaryType,
    () => (value, charset) => encode(asText(value), asText(charset)),
  ),
  decodeFunction,
  toBinaryFunction,
  tolerant(toBinaryFunction, "try_to_binary", "As to_binary, null for text that is malformed."),
  text("url_encode", "The text as a part of a URL.", [string], stringType, () => (value) => urlEncode(value ?? null), { group: "url" }),
  urlDecodeFunction,
  tolerant(urlDecodeFunction, "try_url_decode", "As url_decode, null for text that is malformed."),
  parseURL,
  tolerant(parseURL, "try_parse_url", "As parse_url, null for what is no URL."),
];
