/** What was derived anew, and of what. */
export interface CheckResult {
  readonly origin: string;
  readonly size: number;
  /** Size of the newest signed head. */
  readonly signed: number;
  readonly rootHash: Uint8Array;
  readonly derived: {
    readonly entries: number;
    readonly entryBytes: number;
    readonly bundles: number;
    readonly tiles: number;
  };
  /** What else was held to it, for a person. */
  readonly also: readonly string[];
  /** What could have been, and was not. */
  readonly notChecked: readonly string[];
}
