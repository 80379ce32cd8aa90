import { utf8Text } from '../../src/core/bytes.ts';
import type { Log } from '../../src/log/log.ts';
import type { KeyFile } from '../../src/storage/key-file.ts';
import { memoryKeyFile } from '../../src/storage/key-file.ts';
import { openItem } from '../support/openings.ts';
import type { SeededRandom } from '../support/random.ts';
import { testEvent } from '../support/test-log.ts';

/** What is known of an opening: kept; perhaps erased, by a call that was never answered; erased. */
type Known = { readonly text: string; state: 'kept' | 'perhaps' | 'erased' };

/** Items of every third id withhold a value. */
export function itemOf(name: string): Uint8Array {
  const [id = '', note = ''] = name.split('/');
  return withholds(id) ? openItem(id, { '/x': name }).bytes : testEvent(id, note);
}

function withholds(id: string): boolean {
  return Number(id.slice(1)) % 3 === 0;
}

/** The openings of a world over its lives, and what became of them. */
export class WorldOpenings {
  /** Outlives the lives. */
  readonly keyFile: KeyFile = memoryKeyFile();
  readonly #known: Map<number, Known> = new Map();
  /** Ids of which an erasure was asked: whatever comes of them is answered with the first. */
  readonly #blanked: Set<string> = new Set();
  readonly #names: Map<number, string> = new Map();

  /** Was an erasure asked for of an event of that id? Then another content of it may be a duplicate. */
  isBlanked(id: string): boolean {
    return this.#blanked.has(id);
  }

  /** A receipt was given for an item. */
  note(name: string, index: number): void {
    const [id = ''] = name.split('/');
    if (!withholds(id) || this.#names.has(index) || this.#blanked.has(id)) return;
    this.#names.set(index, name);
    const [text = ''] = openItem(id, { '/x': name }).disclosures;
    this.#known.set(index, { text, state: 'kept' });
  }

  /** Erases one that is kept, if there is one that is published. */
  async erase(log: Log, random: SeededRandom): Promise<void> {
    const kept = [...this.#known].filter(([index, { state }]) => {
      return state === 'kept' && index < log.publishedSize;
    });
    if (kept.length === 0 || log.custody === null) return;
    const [index, known] = random.pick(kept);
    const [id = ''] = (this.#names.get(index) ?? '').split('/');
    known.state = 'perhaps';
    this.#blanked.add(id);
    const decided = { legalBasis: 'x', requester: 'a', approvers: ['b'], request: 'c' };
    const order = { wanted: [[index, null]] as const, decided, alsoHeld: [] };
    const { finished } = await log.custody.erase(order);
    known.state = 'erased';
    if (random.chance(0.7)) await finished;
  }

  /** After a start: what was answered still holds. @throws {Error} what does not */
  async check(log: Log, random: SeededRandom): Promise<void> {
    const all = [...this.#known].filter(([index]) => index < log.publishedSize);
    const some = all.length <= 40 ? all : Array.from({ length: 40 }, () => random.pick(all));
    for (const [index, known] of some) {
      const { openings, erased, unreadable } = await log.readOpenings(index, null);
      if (unreadable.length > 0) throw new Error(`the opening of ${index} lost its key`);
      const isErased = erased.length === 1 && openings.length === 0;
      const isKept =
        erased.length === 0 && utf8Text(openings[0]?.bytes ?? new Uint8Array()) === known.text;
      const isRight =
        known.state === 'kept' ? isKept : known.state === 'erased' ? isErased : isKept || isErased;
      if (!isRight) throw new Error(`the opening of ${index} should be ${known.state}, and is not`);
      // A start decides what became of an erasure that nobody was told of.
      if (known.state === 'perhaps' && isErased) known.state = 'erased';
    }
  }
}
