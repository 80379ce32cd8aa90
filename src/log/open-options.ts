import type { Predecessor } from '../event/genesis.ts';
import type { Log, LogType } from './contract.ts';
import type { Evidence } from './evidence.ts';
import type { Sleep } from './latch.ts';
import type { LogLimits } from './limits.ts';
import type { LogObserver } from './observer.ts';
import type {
  Clock,
  Cosigner,
  Guard,
  HeadSigner,
  OpeningKeys,
  RandomBytes,
  Store,
} from './ports.ts';

/** What a log is made of. The log closes the store and the guard. */
export interface OpenLogOptions {
  readonly name: string;
  readonly origin: string;
  readonly type: LogType;
  /** The one tenant whose events it takes. Default: the log's name. */
  readonly tenant?: string;
  /** The retired log that a new one succeeds: its genesis leaf names it. Default null */
  readonly predecessor?: Predecessor | null;
  /** Why the log is retired, for people: it opens halted, and shows its last head for ever. Default: it is not */
  readonly retired?: string;
  readonly store: Store;
  readonly guard: Guard;
  /** Where indices are kept by leaf hash: derived, may be lost. Default: they are searched for in the tiles. */
  readonly leafIndexStore?: Store;
  readonly signer: HeadSigner;
  /** Under which openings are kept. Default: none are kept, and items that carry some are refused. */
  readonly openingKeys?: OpeningKeys;
  /** 32 bytes: key of the sameness MAC. */
  readonly samenessSecret: Uint8Array;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Asks the witnesses. Default: none are asked, and heads are published as soon as they are stored. */
  readonly cosigner?: Cosigner;
  /** Publish, and say so, when the witnesses do not make the quorum. Default false: publication waits for them. */
  readonly failOpen?: boolean;
  /** Do not wait for the witnesses to confirm the last head; an `events` log says so in a leaf. Default false */
  readonly startUnconfirmed?: boolean;
  readonly limits?: Partial<LogLimits>;
  /** A write whose outcome is unknown: the process must end, and the next start decides. */
  readonly onFault: (error: unknown) => void;
  /** Someone showed a head of our key that our tree does not contain; the log halts. */
  readonly onEvidence?: (evidence: Evidence) => void;
  /** The log halted while it ran. */
  readonly onHalt?: (log: Log) => void;
  /** Told how long things take. Default: nobody is */
  readonly observer?: LogObserver;
  /** Milliseconds that only grow, for durations. Default: the clock */
  readonly stopwatch?: () => number;
  /** Default: a timer. */
  readonly sleep?: Sleep;
  /** Lets requests that arrive at the same moment share a commit. Default: one turn of the event loop. */
  readonly gather?: () => Promise<void>;
  /** Whoever had it open last closed it while it ran: then every head that was signed is stored. Default: not known. */
  readonly wasClosed?: boolean;
  /** A flush failed on this boot: the tail is written again before anything is signed. (forks.md, FLUSH) */
  readonly rewriteTail?: boolean;
}
