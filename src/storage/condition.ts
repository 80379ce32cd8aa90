import { equalBytes } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import type { Condition } from '../log/ports.ts';

/**
 * Checks the condition of a batch against the value of its key.
 *
 * @throws {TransparencyError} store.moved
 */
export function checkCondition(condition: Condition, seen: Uint8Array | undefined): void {
  const wanted = condition.value;
  if (wanted === undefined ? seen === undefined : seen !== undefined && equalBytes(seen, wanted)) {
    return;
  }
  throw new TransparencyError(
    'store.moved',
    'another writer was here: a row is not as it was left',
    {
      details: { wantedBytes: wanted?.length ?? null, seenBytes: seen?.length ?? null },
    },
  );
}

/** The condition with bytes of its own. */
export function copyOfCondition(condition: Condition): Condition {
  return { key: condition.key.slice(), value: condition.value?.slice() };
}
