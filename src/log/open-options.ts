import type { Log, LogType } from './contract.ts';
import type { Sleep } from './latch.ts';
import type { LogLimits } from './limits.ts';
import type { Clock, Guard, HeadSigner, RandomBytes, Store } from './ports.ts';

/** What a log is made of. The log closes the store and the guard. */
export interface OpenLogOptions {
  readonly name: string;
  readonly origin: string;
  readonly type: LogType;
  /** The one tenant whose events it takes. Default: the log's name. */
  readonly tenant?: string;
  readonly store: Store;
  readonly guard: Guard;
  /** Where indices are kept by leaf hash: derived, may be lost. Default: they are searched for in the tiles. */
  readonly leafIndexStore?: Store;
  readonly signer: HeadSigner;
  /** 32 bytes: key of the sameness MAC. */
  readonly samenessSecret: Uint8Array;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly limits?: Partial<LogLimits>;
  /** A write whose outcome is unknown: the process must end, and the next start decides. */
  readonly onFault: (error: unknown) => void;
  /** The log halted while it ran. */
  readonly onHalt?: (log: Log) => void;
  /** Default: a timer. */
  readonly sleep?: Sleep;
  /** Lets requests that arrive at the same moment share a commit. Default: one turn of the event loop. */
  readonly gather?: () => Promise<void>;
  /** A flush failed on this boot: the tail is written again before anything is signed. (forks.md, FLUSH) */
  readonly rewriteTail?: boolean;
}
