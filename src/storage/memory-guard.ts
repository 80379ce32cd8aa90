import { invariant } from '../core/error.ts';
import type { Guard, GuardState } from '../log/ports.ts';
import { checkAdvance, guardMoved, sameGuardState } from './guard-state.ts';

/** A guard that lives as long as the process, with nothing signed yet or with the given state. */
export function memoryGuard(initial: GuardState | null = null): Guard {
  let state = copyOf(initial);
  let closed = false;
  return {
    async read() {
      invariant(!closed, 'a closed guard is not read');
      return copyOf(state);
    },
    async advance(from, to) {
      invariant(!closed, 'a closed guard is not advanced');
      checkAdvance(from, to);
      if (!sameGuardState(state, from)) throw guardMoved(state, from);
      state = copyOf(to);
    },
    async close() {
      closed = true;
    },
  };
}

function copyOf(state: GuardState | null): GuardState | null {
  return state === null ? null : { ...state, rootHash: state.rootHash.slice() };
}
