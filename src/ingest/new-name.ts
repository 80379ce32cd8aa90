import { TransparencyError } from '../core/error.ts';
import type { JsonValue } from '../event/strict-json.ts';

/** Values of one name that are kept beside each other, at most: looking for a free name takes time. */
const SAME_NAMES_MAX = 256;

/**
 * Puts a value among others; a name that is there already gets a number, so that none is lost.
 *
 * @throws {TransparencyError} ingest.malformed where a name comes too often
 */
export function putNew(among: Record<string, JsonValue>, name: string, value: JsonValue): void {
  let free = name;
  for (let n = 2; Object.hasOwn(among, free); n++) {
    if (n > SAME_NAMES_MAX) {
      throw new TransparencyError('ingest.malformed', `one name more than ${SAME_NAMES_MAX} times`);
    }
    free = `${name}#${n}`;
  }
  among[free] = value;
}
