import { Counter, Gauge, Registry } from 'prom-client';
import type { Witness } from '../witness/witness.ts';

/** Renders the figures of a witness for Prometheus, in a registry of their own. */
export function createWitnessMetrics(
  witness: Witness,
): () => Promise<{ readonly type: string; readonly body: string }> {
  const registry = new Registry();
  const registers = [registry];
  new Counter({
    name: 'varve_witness_answers_total',
    help: 'Answers to add-checkpoint, by what they were',
    labelNames: ['answer'],
    registers,
    collect() {
      this.reset();
      for (const [answer, count] of Object.entries(witness.figures.answers)) {
        this.inc({ answer }, count);
      }
    },
  });
  new Gauge({
    name: 'varve_witness_head_size_entries',
    help: 'Size of the last head that was cosigned since the start, by log',
    labelNames: ['origin'],
    registers,
    collect() {
      for (const [origin, { size }] of witness.figures.heads) this.set({ origin }, size);
    },
  });
  new Gauge({
    name: 'varve_witness_cosigned_at_seconds',
    help: 'Time of the last cosignature since the start, by log',
    labelNames: ['origin'],
    registers,
    collect() {
      for (const [origin, { atSeconds }] of witness.figures.heads) this.set({ origin }, atSeconds);
    },
  });
  return async () => ({ type: registry.contentType, body: await registry.metrics() });
}
