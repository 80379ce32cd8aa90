/** How an index lies, see `lying-index-server.ts`. */
export type IndexLie = 'posting' | 'mini-log' | 'trie';

/** The entry that a lying index keeps from those who ask for the credential. */
export const DROPPED = 13;
export const DROPPED_CREDENTIAL = 'tok-leaked';
