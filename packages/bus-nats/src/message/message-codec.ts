import { Deserializer, Serializer } from "node:v8";
import { natsErrors } from "../errors.ts";

/** Format of frames; raised whenever an older reader would misread one. */
export const formatVersion = 1;

/**
 * What a frame is. A frame is `[format version, kind]` and then, by kind: a value (message, reply, failure: V8's serialization),
 * a number (offer: bytes of the request to come), a subject (go: where to send it) or a part (see PartAssembler).
 */
export const frameKind = { message: 0, reply: 1, failure: 2, offer: 3, go: 4, part: 5 } as const;

/** A value of {@link frameKind}. */
export type FrameKind = (typeof frameKind)[keyof typeof frameKind];

// The index of a class is its number on the wire.
const views: readonly (new (buffer: ArrayBuffer) => ArrayBufferView)[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

/**
 * V8's serialization, which carries what structured clone carries, with views of our own: a typed array is written as its own bytes
 * alone (never the pool it may be cut from) and becomes an array with a buffer of its own. Two views of one buffer become two buffers.
 */
class FrameSerializer extends Serializer {
  constructor() {
    super();
    (this as unknown as { _setTreatArrayBufferViewsAsHostObjects(on: boolean): void })._setTreatArrayBufferViewsAsHostObjects(true);
  }

  _writeHostObject(value: object): void {
    const index = views.findIndex((view) => value instanceof view);
    if (!ArrayBuffer.isView(value) || index === -1)
      throw new DataCloneProblem(`${value.constructor?.name ?? "an object"} is no plain data`);
    // Arrays in shared memory arrive as arrays with the bytes of this moment: whoever shares them within its process writes no more.
    this.writeUint32(index);
    this.writeUint32(value.byteLength);
    this.writeRawBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }

  _getDataCloneError(message: string): Error {
    return new DataCloneProblem(message);
  }
}

class FrameDeserializer extends Deserializer {
  _readHostObject(): object {
    const view = views[this.readUint32()];
    const bytes = this.readRawBytes(this.readUint32());
    const copy = new ArrayBuffer(bytes.byteLength);
    new Uint8Array(copy).set(bytes);
    if (view === undefined) throw new DataCloneProblem("it holds an array of an unknown class");
    return new view(copy);
  }
}

class DataCloneProblem extends Error {}

/**
 * A frame that carries `value`.
 * @throws NATS_MESSAGE_UNSENDABLE for functions, shared memory and other things that plain data has not
 */
export function encodeFrame(kind: FrameKind, value: unknown, subject: string): Uint8Array {
  const serializer = new FrameSerializer();
  serializer.writeRawBytes(new Uint8Array([formatVersion, kind]));
  serializer.writeHeader();
  try {
    serializer.writeValue(value);
  } catch (error) {
    const problem = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
    throw natsErrors.create("NATS_MESSAGE_UNSENDABLE", {
      subject,
      problem: problem.replace("#<SharedArrayBuffer>", "A SharedArrayBuffer"),
    });
  }
  return serializer.releaseBuffer();
}

/**
 * The kind of a frame.
 * @throws NATS_MESSAGE_INVALID when the bytes are no frame of this format
 */
export function kindOfFrame(frame: Uint8Array, subject: string): FrameKind {
  const [version, kind] = frame;
  if (version === undefined || kind === undefined) throw invalid(subject, "it is empty");
  if (version !== formatVersion) throw invalid(subject, `its format is ${version}, expected ${formatVersion}`);
  for (const known of Object.values(frameKind)) if (known === kind) return known;
  throw invalid(subject, `its kind is ${kind}`);
}

/**
 * The value that a frame carries; it shares no memory with the frame.
 * @throws NATS_MESSAGE_INVALID when the bytes are not V8's
 */
export function decodeFrame(frame: Uint8Array, subject: string): unknown {
  try {
    const deserializer = new FrameDeserializer(frame.subarray(2));
    deserializer.readHeader();
    return deserializer.readValue();
  } catch (error) {
    throw invalid(subject, error instanceof Error ? error.message : String(error));
  }
}

function invalid(subject: string, problem: string): Error {
  return natsErrors.create("NATS_MESSAGE_INVALID", { subject, problem });
}
