import { isJsonObject, type JsonValue } from '../event/strict-json.ts';
import type { FieldType } from './otlp-fields.ts';

/** True for what protobuf does not write of a field of a type: zero, false, nothing. An `AnyValue` may hold them. */
export function isUnset(value: JsonValue, type: FieldType): boolean {
  if (value === null) return true;
  switch (type) {
    case 'text':
    case 'hex':
    case 'bytes':
      return value === '';
    case 'fixed64':
      return value === '0';
    case 'fixed32':
    case 'int64':
    case 'varint':
      return value === 0;
    case 'bool':
      return value === false;
    case 'attributes':
      return isJsonObject(value) && Object.keys(value).length === 0;
    default:
      return false;
  }
}

/** The number that digits are, where it is exact, else the digits. */
export function integerOf(digits: string): JsonValue {
  const number = Number(digits);
  return Number.isSafeInteger(number) && String(number) === digits ? number : digits;
}
