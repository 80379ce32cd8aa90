import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { concat } from '../core/bytes.ts';
import { invariant, TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import type { KeyOwner, OpeningKeys } from '../log/ports.ts';
import type { KeyFile } from './key-file.ts';
import { formatOpeningKeys, type OpeningKey, parseOpeningKeys } from './opening-key-list.ts';

/** Sources that have keys of their own in one month; those that come later share one. */
export const SOURCES_PER_MONTH_MAX = 256;

const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const KEY_LENGTH = 32;
const ID_LENGTH = 8;

/**
 * The keys of openings that a file holds, and sealing under them. (spec/14-privacy.md §2, §3)
 *
 * @param random  Default: the system's
 * @throws {TransparencyError} keys.malformed; what reading the file throws
 */
export async function openOpeningKeys(
  file: KeyFile,
  random: (length: number) => Uint8Array = (length) => new Uint8Array(randomBytes(length)),
): Promise<OpeningKeys> {
  const content = await file.read();
  return new FileOpeningKeys(file, content === undefined ? [] : parseOpeningKeys(content), random);
}

class FileOpeningKeys implements OpeningKeys {
  readonly #file: KeyFile;
  readonly #random: (length: number) => Uint8Array;
  #keys: readonly OpeningKey[] = [];
  #byId: Map<string, { readonly key: OpeningKey; readonly secret: KeyObject }> = new Map();
  /** The newest key of an owner, by `month source`. */
  #current: Map<string, OpeningKey> = new Map();
  /** How many sources have keys of their own in a month. */
  #sources: Map<string, number> = new Map();
  #lastTurn: Promise<unknown> = Promise.resolve();
  #failure: unknown;

  constructor(file: KeyFile, keys: readonly OpeningKey[], random: (length: number) => Uint8Array) {
    this.#file = file;
    this.#random = random;
    this.#adopt(keys);
  }

  currentOf(owner: KeyOwner, leafIndex: number): string | undefined {
    const key = this.#current.get(nameOf(this.#ownerOf(owner)));
    // A log that was restored may have come back to before the key was made.
    return key === undefined || key.firstIndex > leafIndex ? undefined : key.id;
  }

  make(owners: readonly KeyOwner[], firstIndex: number): Promise<void> {
    return this.#change((keys) => {
      const made = [...keys];
      const sources = new Map(this.#sources);
      for (const owner of owners) {
        const { month } = owner;
        const isKnown = this.#current.has(nameOf(owner));
        const count = sources.get(month) ?? 0;
        const source = isKnown || count < SOURCES_PER_MONTH_MAX ? owner.source : null;
        if (!isKnown && source !== null) sources.set(month, count + 1);
        const isMade = made.some((key, i) => {
          return i >= keys.length && key.source === source && key.month === month;
        });
        if (!isMade) made.push(this.#newKey({ source, month, firstIndex }));
      }
      return made;
    });
  }

  async renew(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const renewed = new Map<string, string>();
    await this.#change((keys) => {
      const made = [...keys];
      for (const id of ids) {
        const old = this.#byId.get(id)?.key;
        invariant(old !== undefined, 'a key that is renewed is there');
        const successor = this.#newKey(old);
        made.push(successor);
        renewed.set(id, successor.id);
      }
      return made;
    });
    return renewed;
  }

  destroy(ids: readonly string[]): Promise<void> {
    const gone = new Set(ids);
    return this.#change((keys) => keys.filter(({ id }) => !gone.has(id)));
  }

  firstIndexOf(id: string): number | undefined {
    return this.#byId.get(id)?.key.firstIndex;
  }

  seal(id: string, context: Uint8Array, opening: Uint8Array): Uint8Array {
    const secret = this.#byId.get(id)?.secret;
    invariant(secret !== undefined, 'a key that seals is there');
    const nonce = this.#random(NONCE_LENGTH);
    const cipher = createCipheriv('aes-256-gcm', secret, nonce, { authTagLength: TAG_LENGTH });
    cipher.setAAD(context);
    const sealed = cipher.update(opening);
    cipher.final();
    return concat(nonce, sealed, cipher.getAuthTag());
  }

  open(id: string, context: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const secret = this.#byId.get(id)?.secret;
    if (secret === undefined) return undefined;
    if (sealed.length < NONCE_LENGTH + TAG_LENGTH) throw altered();
    const nonce = sealed.subarray(0, NONCE_LENGTH);
    const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: TAG_LENGTH });
    decipher.setAAD(context);
    decipher.setAuthTag(sealed.subarray(-TAG_LENGTH));
    const opening = decipher.update(sealed.subarray(NONCE_LENGTH, -TAG_LENGTH));
    try {
      decipher.final();
    } catch {
      throw altered();
    }
    return new Uint8Array(opening);
  }

  /** The source itself while it has keys of its own or may still have some; else the one that all others share. */
  #ownerOf(owner: KeyOwner): Pick<OpeningKey, 'source' | 'month'> {
    if (this.#current.has(nameOf(owner))) return owner;
    const isFull = (this.#sources.get(owner.month) ?? 0) >= SOURCES_PER_MONTH_MAX;
    return isFull ? { source: null, month: owner.month } : owner;
  }

  #newKey(of: Pick<OpeningKey, 'source' | 'month' | 'firstIndex'>): OpeningKey {
    const { source, month, firstIndex } = of;
    const id = hex(this.#random(ID_LENGTH));
    return { id, source, month, firstIndex, bytes: this.#random(KEY_LENGTH) };
  }

  /** One change after the other; what is in memory is what is on disk, or older. */
  #change(change: (keys: readonly OpeningKey[]) => readonly OpeningKey[]): Promise<void> {
    const turn = this.#lastTurn.then(async () => {
      if (this.#failure !== undefined)
        throw failed('a change before this one failed', this.#failure);
      const keys = change(this.#keys);
      try {
        await this.#file.replace(formatOpeningKeys(keys));
      } catch (error) {
        this.#failure = error;
        throw failed('the keys of openings could not be written', error);
      }
      this.#adopt(keys);
    });
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  #adopt(keys: readonly OpeningKey[]): void {
    const byId = new Map<string, { readonly key: OpeningKey; readonly secret: KeyObject }>();
    this.#current = new Map();
    this.#sources = new Map();
    for (const key of keys) {
      const secret = this.#byId.get(key.id)?.secret ?? createSecretKey(key.bytes);
      byId.set(key.id, { key, secret });
      const name = nameOf(key);
      if (key.source !== null && !this.#current.has(name)) {
        this.#sources.set(key.month, (this.#sources.get(key.month) ?? 0) + 1);
      }
      this.#current.set(name, key);
    }
    this.#keys = keys;
    this.#byId = byId;
  }
}

/** An owner as a text; no id of a source holds a space. */
function nameOf({ source, month }: Pick<OpeningKey, 'source' | 'month'>): string {
  return source === null ? month : `${month} ${source}`;
}

function altered(): TransparencyError {
  return new TransparencyError('store.corrupt', 'a sealed opening was altered, or moved');
}

function failed(what: string, cause: unknown): TransparencyError {
  return new TransparencyError('store.failed', what, { cause });
}
