import { TransparencyError } from '../core/error.ts';
import type { NhiEvent } from './nhi-event.ts';
import type { JsonValue } from './strict-json.ts';

/**
 * Checks that a value is an `nhi.event/1`, and gives it as one.
 *
 * @throws {TransparencyError} event.*
 */
export function checkEvent(value: JsonValue): NhiEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TransparencyError('event.schema', 'not an object', { details: { pointer: '' } });
  }
  return value as unknown as NhiEvent;
}
