import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { MappedItem } from '../event/mapped-item.ts';
import type { SubmitOutcome } from '../log/log.ts';
import type { LogExchange } from './exchange.ts';

/** Items and bytes that are admitted at a time. A slice is made in one turn: others wait so long for theirs. */
const SLICE_ITEMS = 512;
const SLICE_BYTES = 1_048_576;
/** Between two tries to find room in the pool. */
const ROOM_WAIT_MS = 20;

/**
 * Admits the items of one body, slice by slice as the pool drains, and answers after the last commit: a body may hold
 * more than the pool. (spec/12-ingest.md §6)
 *
 * A pool that is full before anything was admitted refuses at once. Later it is waited for, up to a limit; what was
 * admitted stays, and a retry of the body finds it there.
 *
 * @param see  told what became of each item, in their order
 * @throws {TransparencyError} pool.full, request.quota, submission.too-many-items, and what an item was refused for
 */
export async function admitAll(
  items: Iterable<MappedItem>,
  exchange: LogExchange,
  see: (outcome: Exclude<SubmitOutcome, { readonly kind: 'refused' }>) => void,
): Promise<void> {
  const { services } = exchange;
  const { ingestItemsMax } = services.limits;
  const deadline = services.now() + services.limits.ingestWaitMsMax;
  let count = 0;
  for (const slice of slicesOf(items)) {
    const begun = count > 0;
    count += slice.length;
    if (count > ingestItemsMax) {
      throw new TransparencyError('submission.too-many-items', `more than ${ingestItemsMax} items`);
    }
    for (const outcome of await admitSlice(slice, exchange, begun, deadline)) {
      if (outcome.kind === 'refused') throw outcome.error;
      see(outcome);
    }
  }
}

async function admitSlice(
  slice: readonly MappedItem[],
  { log, services, principal }: LogExchange,
  begun: boolean,
  deadline: number,
): Promise<readonly SubmitOutcome[]> {
  let counted = false;
  for (;;) {
    try {
      if (!counted) principal.countItems(slice.length);
      counted = true;
      return await log.submitMapped(slice, principal.submitter);
    } catch (error) {
      const full =
        isTransparencyError(error, 'pool.full') || isTransparencyError(error, 'request.quota');
      if (!full || !begun || services.now() >= deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, ROOM_WAIT_MS));
    }
  }
}

function* slicesOf(items: Iterable<MappedItem>): Generator<readonly MappedItem[]> {
  let slice: MappedItem[] = [];
  let bytes = 0;
  for (const item of items) {
    slice.push(item);
    bytes += item.raw.length;
    if (slice.length < SLICE_ITEMS && bytes < SLICE_BYTES) continue;
    yield slice;
    slice = [];
    bytes = 0;
  }
  if (slice.length > 0) yield slice;
}
