import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** Commits begun and ended. While one is under way, `begun` is ahead. */
export interface CommitCounts {
  readonly begun: number;
  readonly ended: number;
}

/** Where a victim counts its commits, for the killer to read. A write of 16 bytes is seen by all processes at once. */
export class CommitCounter {
  readonly #fd: number;
  readonly #bytes = Buffer.alloc(16);
  #begun = 0;
  #ended = 0;

  constructor(file: string) {
    this.#fd = openSync(file, 'w');
    this.#write();
  }

  begin(): void {
    this.#begun += 1;
    this.#write();
  }

  end(): void {
    this.#ended += 1;
    this.#write();
  }

  #write(): void {
    this.#bytes.writeBigUInt64BE(BigInt(this.#begun), 0);
    this.#bytes.writeBigUInt64BE(BigInt(this.#ended), 8);
    writeSync(this.#fd, this.#bytes, 0, 16, 0);
  }
}

/** The other end of a `CommitCounter`. */
export class CommitCountReader {
  readonly #fd: number;
  readonly #bytes = Buffer.alloc(16);

  /** @throws if nothing counts there yet */
  constructor(file: string) {
    this.#fd = openSync(file, 'r');
  }

  read(): CommitCounts {
    readSync(this.#fd, this.#bytes, 0, 16, 0);
    const begun = Number(this.#bytes.readBigUInt64BE(0));
    return { begun, ended: Number(this.#bytes.readBigUInt64BE(8)) };
  }

  close(): void {
    closeSync(this.#fd);
  }
}
