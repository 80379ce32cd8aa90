import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { endianness, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Flushes that a process asked of the kernel and that succeeded, since its start. */
export interface FlushCounts {
  readonly fsync: number;
  readonly fdatasync: number;
  readonly syncFileRange: number;
  readonly msync: number;
  /** All of them. */
  readonly total: number;
}

/** Counts the flushes of one process from outside, also while it runs. */
export interface FlushCounter {
  /** Variables that the process must be started with. */
  readonly env: Readonly<Record<string, string>>;
  /** @throws {Error} if the process was not started with the counter: then nothing would be counted for ever */
  read(): FlushCounts;
  /** From now on flushes succeed or fail (EIO) as the kernel says, all fail, or all succeed and do nothing. */
  setMode(mode: 'real' | 'fail' | 'lie'): void;
  close(): void;
}

/**
 * Builds the counter with the system's C compiler and makes a file for its counts. Linux only.
 *
 * A library loaded before libc is preferred to strace: it needs no right to trace, costs no stop per system call, and
 * its counts can be read at any moment. It does not see raw system calls; LevelDB and Node make none for flushes.
 */
export function startFlushCounter(): FlushCounter {
  const dir = mkdtempSync(join(tmpdir(), 'varve-flush-counter-'));
  const source = fileURLToPath(new URL('./flush-counter.c', import.meta.url));
  const library = join(dir, 'flush-counter.so');
  execFileSync(
    'cc',
    ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, source, '-ldl'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const file = join(dir, 'counts');
  writeFileSync(file, new Uint8Array(WORDS * 8));
  const fd = openSync(file, 'r+');
  return {
    env: { LD_PRELOAD: library, FLUSH_COUNTER_FILE: file },
    read() {
      const [loaded, fsync = 0, fdatasync = 0, syncFileRange = 0, msync = 0] = readWords(fd);
      if (loaded !== 1) throw new Error('the process was started without the flush counter');
      const total = fsync + fdatasync + syncFileRange + msync;
      return { fsync, fdatasync, syncFileRange, msync, total };
    },
    setMode(mode) {
      const word = new BigUint64Array([{ real: 0n, fail: 1n, lie: 2n }[mode]]);
      writeSync(fd, word, 0, 8, MODE_WORD * 8);
    },
    close() {
      closeSync(fd);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const WORDS = 8;
const MODE_WORD = 5;

function readWords(fd: number): number[] {
  const bytes = new Uint8Array(WORDS * 8);
  readSync(fd, bytes, 0, bytes.length, 0);
  const view = new DataView(bytes.buffer);
  const little = endianness() === 'LE';
  return Array.from({ length: WORDS }, (_, i) => Number(view.getBigUint64(i * 8, little)));
}
