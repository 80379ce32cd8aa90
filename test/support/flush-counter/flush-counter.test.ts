import { describe, expect, it, onTestFinished } from 'vitest';
import { type Child, startChild } from '../child.ts';
import { tempFolder } from '../temp-folder.ts';
import { type FlushCounter, startFlushCounter } from './flush-counter.ts';

async function startWriter(): Promise<{ counter: FlushCounter; writer: Child }> {
  const counter = startFlushCounter();
  onTestFinished(() => counter.close());
  const writer = startChild({
    file: './writer.ts',
    from: import.meta.url,
    args: [tempFolder()],
    env: counter.env,
  });
  onTestFinished(() => void writer.process.kill('SIGKILL'));
  expect(await writer.nextLine()).toBe('ready');
  return { counter, writer };
}

/** Has the writer do one thing; its answer, and how many flushes the kernel did from the ask to the answer. */
async function ask(
  { counter, writer }: { counter: FlushCounter; writer: Child },
  what: 'flush' | 'write' | 'advance',
): Promise<{ answer: string | undefined; fsync: number; fdatasync: number; total: number }> {
  const before = counter.read();
  writer.process.stdin?.write(`${what}\n`);
  const answer = await writer.nextLine();
  const after = counter.read();
  return {
    answer,
    fsync: after.fsync - before.fsync,
    fdatasync: after.fdatasync - before.fdatasync,
    total: after.total - before.total,
  };
}

describe.runIf(process.platform === 'linux')('flushes, counted outside the process', () => {
  it('are one of data for a flushed write, and none for a write that is not', async () => {
    const child = await startWriter();
    for (let round = 0; round < 5; round++) {
      expect(await ask(child, 'flush')).toEqual({
        answer: 'done',
        fsync: 0,
        fdatasync: 1,
        total: 1,
      });
      expect(await ask(child, 'write')).toEqual({
        answer: 'done',
        fsync: 0,
        fdatasync: 0,
        total: 0,
      });
    }
  });

  it('are two for a state of the guard', async () => {
    const child = await startWriter();
    for (let round = 0; round < 3; round++) {
      expect(await ask(child, 'advance')).toMatchObject({ answer: 'done', total: 2 });
    }
  });

  it('stop the store for good when one fails', async () => {
    const child = await startWriter();
    expect(await ask(child, 'flush')).toMatchObject({ answer: 'done' });
    child.counter.setMode('fail');
    expect(await ask(child, 'flush')).toMatchObject({ answer: 'store.failed', total: 0 });
    child.counter.setMode('real');
    expect(await ask(child, 'flush')).toMatchObject({ answer: 'store.failed', total: 0 });
    expect(await ask(child, 'write')).toMatchObject({ answer: 'store.failed' });
  });

  it('stop the guard for good when one fails', async () => {
    const child = await startWriter();
    expect(await ask(child, 'advance')).toMatchObject({ answer: 'done' });
    child.counter.setMode('fail');
    expect(await ask(child, 'advance')).toMatchObject({ answer: 'guard.failed' });
    child.counter.setMode('real');
    expect(await ask(child, 'advance')).toMatchObject({ answer: 'guard.failed' });
  });

  it('are not counted where nothing reaches the kernel', async () => {
    const child = await startWriter();
    child.counter.setMode('lie');
    expect(await ask(child, 'flush')).toMatchObject({ answer: 'done', total: 0 });
  });

  it('are not taken for none where nobody counts', () => {
    const counter = startFlushCounter();
    expect(() => counter.read()).toThrow('without the flush counter');
    counter.close();
  });
});
