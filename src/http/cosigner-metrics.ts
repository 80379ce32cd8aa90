import { Counter, Gauge, type Registry } from 'prom-client';
import type { WitnessState } from '../core/cosign-round.ts';
import type { Log } from '../log/log.ts';

/** Registers what a log knows of its witnesses, read when it is asked for. (spec/8-http.md §11) */
export function registerCosignerMetrics(registry: Registry, logs: ReadonlyMap<string, Log>): void {
  const perWitness = (
    name: string,
    help: string,
    figureOf: (state: WitnessState) => number | null,
  ): void => {
    new Gauge({
      name,
      help,
      labelNames: ['log', 'witness'],
      registers: [registry],
      collect() {
        for (const log of logs.values()) {
          for (const state of log.witnesses) {
            const value = figureOf(state);
            if (value !== null) this.labels(log.name, state.name).set(value);
          }
        }
      },
    });
  };
  perWitness(
    'varve_cosigner_up',
    '1 while the last answer of the witness was a cosignature; absent before its first',
    ({ last }) => (last === null ? null : last === 'cosigned' ? 1 : 0),
  );
  perWitness(
    'varve_cosigner_size_entries',
    'Largest head that the witness cosigned since the start',
    ({ cosignedSize }) => cosignedSize,
  );
  perWitness(
    'varve_cosigner_timestamp_seconds',
    'Time in the newest cosignature of the witness since the start',
    ({ cosignedAtSeconds }) => cosignedAtSeconds,
  );
  perWitness(
    'varve_cosigner_claim',
    'While the witness says something against the head: 1 unproven, 2 refuted, 3 proven by evidence; else 0',
    ({ claim }) => CLAIMS[claim?.verdict ?? 'none'],
  );
  new Counter({
    name: 'varve_cosigner_forgot_total',
    help: 'Times since the start that the witness named a smaller size than it had cosigned',
    labelNames: ['log', 'witness'],
    registers: [registry],
    collect() {
      this.reset();
      for (const log of logs.values()) {
        for (const { name, counts } of log.witnesses)
          this.labels(log.name, name).inc(counts.forgot);
      }
    },
  });
  new Counter({
    name: 'varve_cosigner_answers_total',
    help: 'Answers of witnesses since the start: cosigned, claim, silent',
    labelNames: ['log', 'witness', 'answer'],
    registers: [registry],
    collect() {
      this.reset();
      for (const log of logs.values()) {
        for (const { name, counts } of log.witnesses) {
          this.labels(log.name, name, 'cosigned').inc(counts.cosigned);
          this.labels(log.name, name, 'claim').inc(counts.claims);
          this.labels(log.name, name, 'silent').inc(counts.silent);
        }
      }
    },
  });
}

const CLAIMS = { none: 0, unproven: 1, refuted: 2, evidence: 3 } as const;
