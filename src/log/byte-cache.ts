interface Kept {
  readonly bytes: Uint8Array;
  /** Since it was put in, or was spared. */
  isUsed: boolean;
}

/**
 * Byte arrays by number, bounded in their sum. The oldest one goes first, but one that was used is spared once: nearly
 * as good as dropping the least recently used, and a hit moves nothing.
 */
export class ByteCache {
  readonly #bytesMax: number;
  readonly #kept: Map<number, Kept> = new Map();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get(key: number): Uint8Array | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    kept.isUsed = true;
    return kept.bytes;
  }

  set(key: number, bytes: Uint8Array): void {
    const roomMax = this.#bytesMax - bytes.length;
    this.#bytes -= this.#kept.get(key)?.bytes.length ?? 0;
    this.#kept.delete(key);
    for (const [oldest, kept] of this.#kept) {
      if (this.#bytes <= roomMax) break;
      this.#kept.delete(oldest);
      // What is spared comes by again, behind all others.
      if (kept.isUsed) this.#kept.set(oldest, { bytes: kept.bytes, isUsed: false });
      else this.#bytes -= kept.bytes.length;
    }
    if (this.#bytes > roomMax) return;
    this.#kept.set(key, { bytes, isUsed: false });
    this.#bytes += bytes.length;
  }
}
