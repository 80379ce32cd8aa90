import { readFileSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/**
 * Watches the processor time of this process, of a server, and of everybody else, and the server's memory. All zero where
 * there is no /proc.
 */
export class CpuWatch {
  readonly #pid: number;
  readonly #memory: MemoryWatch;
  readonly #own: NodeJS.CpuUsage = process.cpuUsage();
  readonly #server: number;
  readonly #machine: number = machineCpuSeconds();

  constructor(serverPid: number) {
    this.#pid = serverPid;
    this.#memory = new MemoryWatch(serverPid);
    this.#server = usageOf(serverPid).cpuSeconds;
  }

  end(): {
    readonly cpuSeconds: {
      readonly server: number;
      readonly load: number;
      readonly others: number;
    };
    readonly rssMiB: number;
    /** Since the server was started. */
    readonly rssPeakMiB: number;
    /** Of it what is no file, while it was watched. */
    readonly rssAnonPeakMiB: number;
  } {
    const rssAnonPeakMiB = this.#memory.end().anonymous;
    const { cpuSeconds, rssMiB, rssPeakMiB } = usageOf(this.#pid);
    const { user, system } = process.cpuUsage(this.#own);
    const server = round(cpuSeconds - this.#server);
    const load = round((user + system) / 1e6);
    const others = Math.max(0, round(machineCpuSeconds() - this.#machine - server - load));
    return { cpuSeconds: { server, load, others }, rssMiB, rssPeakMiB, rssAnonPeakMiB };
  }
}

/** The most memory of a process at a time, in MiB. */
export interface MemoryPeak {
  /** All that is resident: files that are mapped, which the system takes back when it needs room, are in it. */
  readonly rss: number;
  /** What the process alone holds: without files. */
  readonly anonymous: number;
}

/** Watches the memory of a process, ten times a second. All zero where there is no /proc. */
export class MemoryWatch {
  readonly #timer: ReturnType<typeof setInterval>;
  #rss = 0;
  #anonymous = 0;

  constructor(pid: number) {
    const look = (): void => {
      const { rssMiB, rssAnonMiB } = usageOf(pid);
      this.#rss = Math.max(this.#rss, rssMiB);
      this.#anonymous = Math.max(this.#anonymous, rssAnonMiB);
    };
    look();
    this.#timer = setInterval(look, 100);
    this.#timer.unref();
  }

  end(): MemoryPeak {
    clearInterval(this.#timer);
    return { rss: this.#rss, anonymous: this.#anonymous };
  }
}

/**
 * Waits until a process does next to nothing: what it does after a start, behind its first answers, is not what is
 * measured. After `limitMs` it waits no longer.
 */
export async function untilIdle(pid: number, limitMs: number): Promise<void> {
  let before = usageOf(pid).cpuSeconds;
  for (const began = performance.now(); performance.now() - began < limitMs; ) {
    await new Promise((resolve) => setTimeout(resolve, IDLE_WINDOW_MS));
    const now = usageOf(pid).cpuSeconds;
    if ((now - before) * 1000 <= IDLE_WINDOW_MS / 10) return;
    before = now;
  }
}

const IDLE_WINDOW_MS = 200;

/** What a process has used so far. */
function usageOf(pid: number): {
  readonly cpuSeconds: number;
  readonly rssMiB: number;
  readonly rssAnonMiB: number;
  readonly rssPeakMiB: number;
} {
  const status = readText(`/proc/${pid}/status`);
  const mib = (name: string): number =>
    Math.round(Number(new RegExp(`${name}:\\s+([0-9]+) kB`).exec(status)?.[1] ?? 0) / 1024);
  // The name in parentheses may hold spaces; user and system time are the 12th and 13th field behind it.
  const fields = readText(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  const ticks = Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  return {
    cpuSeconds: ticks / TICKS,
    rssMiB: mib('VmRSS'),
    rssAnonMiB: mib('RssAnon'),
    rssPeakMiB: mib('VmHWM'),
  };
}

/** Processor time that the whole machine used so far; what another guest of its host took from it counts as used. */
function machineCpuSeconds(): number {
  const line = /^cpu .*$/m.exec(readText('/proc/stat'))?.[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS;
}

function round(seconds: number): number {
  return Number(seconds.toFixed(3));
}

/** The machine in a line: processor, how many, memory. */
export function machineText(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}

/** Bytes that a folder takes on disk. Folders whose name `skips` says true of are not counted. */
export async function diskBytesOf(
  folder: string,
  skips: (name: string) => boolean = () => false,
): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && skips(entry.name)) continue;
    bytes += (await lstat(path)).blocks * 512;
    if (entry.isDirectory()) bytes += await diskBytesOf(path, skips);
  }
  return bytes;
}

/** Linux counts processor time in hundredths of a second on every machine that Node runs on. */
const TICKS = 100;

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
