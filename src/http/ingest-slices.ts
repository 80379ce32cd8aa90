import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { MappedItem } from '../event/mapped-item.ts';
import type { SubmitOutcome } from '../log/log.ts';
import type { LogExchange } from './exchange.ts';
import { untilRoom } from './until-room.ts';

/** Items and bytes that are admitted at a time. A slice is made in one turn: others wait so long for theirs. */
const SLICE_ITEMS = 256;
const SLICE_BYTES = 1_048_576;
/** Where so much of the pool is taken, nothing is made that would probably find no room. */
const FULL = 0.9;

/** What became of an item that is in the tree. */
export type Admitted = Exclude<SubmitOutcome, { readonly kind: 'refused' }>;

type See = (outcome: Admitted) => void;

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
  see: See,
): Promise<void> {
  const { services } = exchange;
  const { ingestItemsMax, ingestWaitMsMax, itemsPerRequestMax } = services.limits;
  const deadline = services.now() + ingestWaitMsMax;
  let count = 0;
  // A quota has room for as many as one request may carry, and it may have no more.
  const slices = slicesOf(items, Math.min(SLICE_ITEMS, itemsPerRequestMax));
  for (;;) {
    // Making events is long work: a hundred bodies that make theirs at once would keep the writer from its own.
    const begun = count > 0;
    const full = (): Promise<void> => services.turns.take().then(() => checkRoom(exchange));
    await untilRoom(full, exchange, { begun, deadline });
    const next = slices.next();
    if (next.done === true) return;
    count += next.value.length;
    if (count > ingestItemsMax) {
      throw new TransparencyError('submission.too-many-items', `more than ${ingestItemsMax} items`);
    }
    await admitSlice(next.value, exchange, { begun, deadline }, see);
  }
}

/**
 * Refuses where nothing of a body would find room, before anything is made of it.
 *
 * @throws {TransparencyError} pool.full
 */
export function checkRoom({ log }: Pick<LogExchange, 'log'>): void {
  const { poolFill, pooledEntries } = log.figures;
  if (poolFill < FULL) return;
  throw new TransparencyError('pool.full', `the pool holds ${pooledEntries} entries`);
}

async function admitSlice(
  slice: readonly MappedItem[],
  exchange: LogExchange,
  how: { readonly begun: boolean; readonly deadline: number },
  see: See,
): Promise<void> {
  const { log, principal } = exchange;
  await untilRoom(() => principal.countItems(slice.length), exchange, how);
  const pending = [slice];
  let { begun } = how;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    const admitted = part;
    try {
      const submit = (): Promise<readonly SubmitOutcome[]> =>
        log.submitMapped(admitted, principal.submitter);
      for (const outcome of await untilRoom(submit, exchange, { ...how, begun })) {
        if (outcome.kind === 'refused') throw outcome.error;
        see(outcome);
      }
      begun = true;
    } catch (error) {
      if (!isTransparencyError(error, 'submission.too-many-items') || part.length === 1)
        throw error;
      // More than the pool holds when it is empty: half of it goes first.
      const half = Math.ceil(part.length / 2);
      pending.push(part.slice(half), part.slice(0, half));
    }
  }
}

function* slicesOf(
  items: Iterable<MappedItem>,
  itemsMax: number,
): Generator<readonly MappedItem[]> {
  let slice: MappedItem[] = [];
  let bytes = 0;
  for (const item of items) {
    slice.push(item);
    bytes += item.raw.length;
    if (slice.length < itemsMax && bytes < SLICE_BYTES) continue;
    yield slice;
    slice = [];
    bytes = 0;
  }
  if (slice.length > 0) yield slice;
}
