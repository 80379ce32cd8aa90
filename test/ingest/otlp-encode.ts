import protobuf from 'protobufjs/minimal.js';
import { parseHex } from '../../src/core/hex.ts';
import {
  LOG_RECORD,
  type MessageField,
  RESOURCE,
  SCOPE,
  SPAN,
} from '../../src/ingest/otlp-fields.ts';

// biome-ignore lint/suspicious/noExplicitAny: OTLP's own JSON, whose shape the tests know
type Json = any;

/** The protobuf form of an export request in OTLP's JSON form. */
export function encodeOtlp(request: Json): Uint8Array {
  const isLogs = request.resourceLogs !== undefined;
  const [resources, scopes, records] = isLogs
    ? ['resourceLogs', 'scopeLogs', 'logRecords']
    : ['resourceSpans', 'scopeSpans', 'spans'];
  const writer = protobuf.Writer.create();
  for (const resource of request[resources as string]) {
    writer.uint32(10).fork();
    if (resource.resource) writer.uint32(10).bytes(message(resource.resource, RESOURCE));
    for (const scope of resource[scopes as string]) {
      writer.uint32(18).fork();
      if (scope.scope) writer.uint32(10).bytes(message(scope.scope, SCOPE));
      for (const record of scope[records as string]) {
        writer.uint32(18).bytes(message(record, isLogs ? LOG_RECORD : SPAN));
      }
      writer.ldelim();
    }
    writer.ldelim();
  }
  return writer.finish();
}

function message(value: Json, fields: readonly MessageField[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const { number, name, type, repeated } of fields) {
    const held = value[name];
    if (held === undefined) continue;
    for (const one of repeated === true || type === 'attributes' ? held : [held]) {
      if (type === 'attributes') writer.uint32(number * 8 + 2).bytes(keyValue(one));
      else if (type === 'any') writer.uint32(number * 8 + 2).bytes(anyValue(one));
      else if (type === 'text') writer.uint32(number * 8 + 2).string(one);
      else if (type === 'hex') writer.uint32(number * 8 + 2).bytes(parseHex(one.toLowerCase()));
      else if (type === 'fixed64') writer.uint32(number * 8 + 1).fixed64(longOf(one));
      else if (type === 'fixed32') writer.uint32(number * 8 + 5).fixed32(one);
      else if (type === 'varint') writer.uint32(number * 8).uint32(one);
      else if (typeof type === 'object') writer.uint32(number * 8 + 2).bytes(message(one, type));
      else throw new Error(`no encoding for ${name}`);
    }
  }
  return writer.finish();
}

function keyValue(attribute: Json): Uint8Array {
  const writer = protobuf.Writer.create().uint32(10).string(attribute.key);
  return writer.uint32(18).bytes(anyValue(attribute.value)).finish();
}

function anyValue(value: Json): Uint8Array {
  const writer = protobuf.Writer.create();
  const [kind, held] = Object.entries<Json>(value)[0] ?? [];
  if (kind === 'stringValue') writer.uint32(10).string(held);
  if (kind === 'boolValue') writer.uint32(16).bool(held);
  if (kind === 'intValue') writer.uint32(24).int64(longOf(held));
  if (kind === 'doubleValue') writer.uint32(33).double(held);
  if (kind === 'bytesValue') writer.uint32(58).bytes(new Uint8Array(Buffer.from(held, 'base64')));
  if (kind === 'arrayValue') {
    writer.uint32(42).fork();
    for (const one of held.values) writer.uint32(10).bytes(anyValue(one));
    writer.ldelim();
  }
  if (kind === 'kvlistValue') {
    writer.uint32(50).fork();
    for (const one of held.values) writer.uint32(10).bytes(keyValue(one));
    writer.ldelim();
  }
  return writer.finish();
}

/** All 64 bits: a number would lose some. */
function longOf(digits: string | number): { low: number; high: number; unsigned: boolean } {
  const value = BigInt(digits);
  const low = Number(BigInt.asIntN(32, value));
  return { low, high: Number(BigInt.asIntN(32, value >> 32n)), unsigned: false };
}
