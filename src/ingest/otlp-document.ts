import { base64, parseBase64 } from '../core/base64.ts';
import { isTransparencyError } from '../core/error.ts';
import { scanArrayItems } from '../event/array-items.ts';
import type { JsonObject, JsonValue } from '../event/strict-json.ts';
import type { MessageField } from './otlp-fields.ts';
import { isJsonObject, parseWireJson } from './wire-json.ts';
import { scanMembers } from './wire-scan.ts';

/** Records of one resource and scope, not read yet. */
export interface OtlpGroup {
  readonly resource: Uint8Array | undefined;
  readonly resourceSchemaUrl: string | undefined;
  readonly scope: Uint8Array | undefined;
  readonly scopeSchemaUrl: string | undefined;
  readonly records: readonly Uint8Array[];
}

/**
 * The groups of a JSON export request.
 *
 * @param names  of the members that hold resources, scopes and records
 * @throws {TransparencyError} json.malformed, json.too-deep, json.duplicate-member
 */
export function jsonGroups(
  body: Uint8Array,
  names: { readonly resources: string; readonly scopes: string; readonly records: string },
): readonly OtlpGroup[] {
  const groups: OtlpGroup[] = [];
  for (const resourceGroup of itemsOf(scanMembers(body, [names.resources]), names.resources)) {
    const ofResource = scanMembers(resourceGroup, ['resource', 'schemaUrl', names.scopes]);
    for (const scopeGroup of itemsOf(ofResource, names.scopes)) {
      const ofScope = scanMembers(scopeGroup, ['scope', 'schemaUrl', names.records]);
      groups.push({
        resource: ofResource?.get('resource'),
        resourceSchemaUrl: textOf(ofResource?.get('schemaUrl')),
        scope: ofScope?.get('scope'),
        scopeSchemaUrl: textOf(ofScope?.get('schemaUrl')),
        records: itemsOf(ofScope, names.records),
      });
    }
  }
  return groups;
}

/** What a message in JSON says, in the form that protobuf gives: the same record is the same document. */
export function jsonMessage(bytes: Uint8Array, fields: readonly MessageField[]): JsonObject {
  const value = parseWireJson(bytes);
  return isJsonObject(value) ? messageOf(value, fields) : Object.create(null);
}

/** True for what protobuf does not write: zero, false, nothing. */
export function isDefault(value: JsonValue | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    value === 0 ||
    value === '' ||
    value === false ||
    value === '0'
  );
}

/** Puts an attribute among others; a name that is there already gets a number. */
export function putAttribute(
  among: Record<string, JsonValue>,
  name: string,
  value: JsonValue,
): void {
  let free = name;
  for (let n = 2; Object.hasOwn(among, free); n++) free = `${name}#${n}`;
  among[free] = value;
}

function messageOf(object: JsonObject, fields: readonly MessageField[]): JsonObject {
  const message: Record<string, JsonValue> = Object.create(null);
  for (const [name, value] of Object.entries(object)) {
    const field = fields.find((one) => one.name === name);
    const read = field === undefined ? value : readField(value, field);
    if (field === undefined || field.type === 'any' || !isDefault(read)) {
      // An unset value is no value in either form.
      if (read !== null || field === undefined) message[name] = read;
    }
  }
  return message;
}

function readField(value: JsonValue, { type, repeated }: MessageField): JsonValue {
  if (typeof type === 'object') {
    const one = (item: JsonValue): JsonValue => (isJsonObject(item) ? messageOf(item, type) : item);
    if (repeated !== true) return one(value);
    return Array.isArray(value) && value.length > 0 ? value.map(one) : null;
  }
  switch (type) {
    case 'any':
      return anyValue(value);
    case 'attributes': {
      const list = attributesOf(value);
      return isJsonObject(list) && Object.keys(list).length === 0 ? null : list;
    }
    case 'hex':
      return typeof value === 'string' ? value.toLowerCase() : value;
    case 'fixed64':
      return typeof value === 'number' ? String(value) : value;
    case 'int64':
    case 'varint':
    case 'fixed32':
      return integerOf(value);
    default:
      return value;
  }
}

function attributesOf(value: JsonValue): JsonValue {
  if (!Array.isArray(value)) return value;
  const attributes: Record<string, JsonValue> = Object.create(null);
  for (const item of value) {
    if (!isJsonObject(item)) continue;
    const name = item['key'];
    putAttribute(attributes, typeof name === 'string' ? name : '', anyValue(item['value'] ?? null));
  }
  return attributes;
}

function anyValue(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return null;
  const [kind, held] = Object.entries(value)[0] ?? [];
  switch (kind) {
    case 'intValue':
      return integerOf(held ?? null);
    case 'doubleValue':
      return typeof held === 'number' || typeof held === 'string' ? String(held) : null;
    case 'arrayValue': {
      const values = isJsonObject(held) ? held['values'] : undefined;
      return Array.isArray(values) ? values.map((one: JsonValue) => anyValue(one)) : [];
    }
    case 'kvlistValue':
      return attributesOf((isJsonObject(held) ? held['values'] : undefined) ?? []);
    case 'bytesValue':
      return typeof held === 'string' ? plainBase64(held) : null;
    default:
      return held ?? null;
  }
}

/** Digits become the number that they are, where it is exact. */
function integerOf(value: JsonValue): JsonValue {
  if (typeof value !== 'string' || !/^-?[0-9]{1,16}$/.test(value)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) && !Object.is(number, -0) ? number : value;
}

/** One spelling of the same bytes. */
function plainBase64(text: string): string {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const padded = plain + '='.repeat((4 - (plain.length % 4)) % 4);
  try {
    return base64(parseBase64(padded));
  } catch (error) {
    if (isTransparencyError(error)) return text;
    throw error;
  }
}

function itemsOf(
  members: ReadonlyMap<string, Uint8Array> | undefined,
  name: string,
): readonly Uint8Array[] {
  const items = members?.get(name);
  return items === undefined || items[0] !== OPEN_BRACKET ? [] : scanArrayItems(items);
}

const OPEN_BRACKET = 0x5b;

function textOf(bytes: Uint8Array | undefined): string | undefined {
  const value = bytes === undefined ? undefined : parseWireJson(bytes);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
