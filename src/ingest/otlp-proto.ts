import protobuf from 'protobufjs/minimal.js';
import { base64 } from '../core/base64.ts';
import { TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import type { JsonObject, JsonValue } from '../event/strict-json.ts';
import { isDefault, type OtlpGroup, putAttribute } from './otlp-document.ts';
import type { MessageField } from './otlp-fields.ts';
import { speakable, WIRE_DEPTH_MAX } from './wire-json.ts';

/**
 * The groups of a protobuf export request: what is common to records of one scope, and the records as views. Nothing in
 * a record is read yet. (opentelemetry-proto, ExportLogsServiceRequest and ExportTraceServiceRequest)
 *
 * @throws {TransparencyError} ingest.malformed for bytes that are no such message
 */
export function protoGroups(body: Uint8Array): readonly OtlpGroup[] {
  try {
    const groups: OtlpGroup[] = [];
    for (const resourceGroup of partsOf(body).get(1) ?? []) {
      const ofResource = partsOf(resourceGroup);
      const resource = ofResource.get(1)?.at(-1);
      const resourceSchemaUrl = textOf(ofResource.get(3)?.at(-1));
      for (const scopeGroup of ofResource.get(2) ?? []) {
        const ofScope = partsOf(scopeGroup);
        groups.push({
          resource,
          resourceSchemaUrl,
          scope: ofScope.get(1)?.at(-1),
          scopeSchemaUrl: textOf(ofScope.get(3)?.at(-1)),
          records: ofScope.get(2) ?? [],
        });
      }
    }
    return groups;
  } catch (cause) {
    if (cause instanceof TransparencyError) throw cause;
    throw new TransparencyError('ingest.malformed', 'not an export request', { cause });
  }
}

/** What a message says. Fields that no table names are kept as `field<number>`, so that nothing is lost. */
export function protoMessage(bytes: Uint8Array, fields: readonly MessageField[]): JsonObject {
  return messageOf(bytes, fields, 0);
}

/** The parts of a message that are messages or texts, by field number; numbers are passed over. */
function partsOf(bytes: Uint8Array): ReadonlyMap<number, Uint8Array[]> {
  const parts = new Map<number, Uint8Array[]>();
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag % 8 !== LENGTH_DELIMITED) {
      reader.skipType(tag % 8);
      continue;
    }
    const number = Math.floor(tag / 8);
    const list = parts.get(number);
    const part = viewOf(reader, bytes);
    if (list === undefined) parts.set(number, [part]);
    else list.push(part);
  }
  return parts;
}

const LENGTH_DELIMITED = 2;

/** A view, where the reader's own `bytes()` would copy. */
function viewOf(reader: protobuf.Reader, bytes: Uint8Array): Uint8Array {
  const length = reader.uint32();
  const start = reader.pos;
  reader.skip(length);
  return bytes.subarray(start, start + length);
}

function messageOf(bytes: Uint8Array, fields: readonly MessageField[], depth: number): JsonObject {
  checkDepth(depth);
  const message: Record<string, JsonValue> = Object.create(null);
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const number = Math.floor(tag / 8);
    const field = fields.find((one) => one.number === number);
    if (field === undefined) {
      keepUnknown(message, reader, tag, bytes);
    } else if (field.type === 'attributes') {
      message[field.name] ??= Object.create(null);
      attributeOf(viewOf(reader, bytes), message[field.name] as Record<string, JsonValue>, depth);
    } else {
      const value = readField(reader, field, bytes, depth);
      if (field.repeated === true) {
        message[field.name] = [...((message[field.name] as JsonValue[]) ?? []), value];
      } else if (!isDefault(value)) message[field.name] = value;
    }
  }
  return message;
}

function readField(
  reader: protobuf.Reader,
  { type }: MessageField,
  bytes: Uint8Array,
  depth: number,
): JsonValue {
  switch (type) {
    case 'text':
      return speakable(reader.string());
    case 'hex':
      return hex(viewOf(reader, bytes));
    case 'bytes':
      return base64(viewOf(reader, bytes));
    case 'fixed64':
      return fixed64(reader);
    case 'fixed32':
      return reader.fixed32();
    case 'int64':
      return integerOf(int64(reader));
    case 'double':
      return String(reader.double());
    case 'bool':
      return reader.bool();
    case 'varint':
      return reader.uint32();
    case 'any':
      return anyValue(viewOf(reader, bytes), depth + 1);
    case 'attributes':
      return null;
    default:
      return messageOf(viewOf(reader, bytes), type, depth + 1);
  }
}

/** An `AnyValue`; one that is not set is null. */
function anyValue(bytes: Uint8Array, depth: number): JsonValue {
  checkDepth(depth);
  let value: JsonValue = null;
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (Math.floor(tag / 8)) {
      case 1:
        value = speakable(reader.string());
        break;
      case 2:
        value = reader.bool();
        break;
      case 3:
        value = integerOf(int64(reader));
        break;
      case 4:
        value = String(reader.double());
        break;
      case 5:
        value = (partsOf(viewOf(reader, bytes)).get(1) ?? []).map((one) =>
          anyValue(one, depth + 1),
        );
        break;
      case 6: {
        const list: Record<string, JsonValue> = Object.create(null);
        for (const one of partsOf(viewOf(reader, bytes)).get(1) ?? []) {
          attributeOf(one, list, depth + 1);
        }
        value = list;
        break;
      }
      case 7:
        value = base64(viewOf(reader, bytes));
        break;
      default:
        reader.skipType(tag % 8);
    }
  }
  return value;
}

/** A `KeyValue`, put among the others. */
function attributeOf(bytes: Uint8Array, among: Record<string, JsonValue>, depth: number): void {
  const parts = partsOf(bytes);
  const value = parts.get(2)?.at(-1);
  putAttribute(
    among,
    textOf(parts.get(1)?.at(-1)) ?? '',
    value === undefined ? null : anyValue(value, depth + 1),
  );
}

function keepUnknown(
  message: Record<string, JsonValue>,
  reader: protobuf.Reader,
  tag: number,
  bytes: Uint8Array,
): void {
  const start = reader.pos;
  reader.skipType(tag % 8);
  message[`field${Math.floor(tag / 8)}`] = base64(bytes.subarray(start, reader.pos));
}

const decoder = new TextDecoder();

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : speakable(decoder.decode(bytes));
}

/** Digits of 64 bits: the reader's own methods give a double, which is not exact. */
function fixed64(reader: protobuf.Reader): string {
  const low = BigInt(reader.fixed32());
  return String(BigInt(reader.fixed32()) * 0x1_0000_0000n + low);
}

/** Digits of a varint of 64 bits, signed. */
function int64(reader: protobuf.Reader): string {
  let value = 0n;
  for (let place = 1n; ; place *= 128n) {
    const byte = reader.buf[reader.pos++];
    if (byte === undefined || reader.pos > reader.len || place > 1n << 63n) {
      throw new TransparencyError('ingest.malformed', 'a number that does not end');
    }
    value += BigInt(byte % 128) * place;
    if (byte < 128) return String(BigInt.asIntN(64, value));
  }
}

/** A number where it is exact, else its digits. */
function integerOf(digits: string): JsonValue {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : digits;
}

function checkDepth(depth: number): void {
  if (depth > WIRE_DEPTH_MAX / 2) throw new TransparencyError('json.too-deep', 'a value in values');
}
