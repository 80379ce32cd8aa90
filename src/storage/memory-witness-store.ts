import { sha256 } from '#sha256';
import { originHash } from '../core/add-checkpoint.ts';
import { TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import type { ListedLog } from '../core/log-list.ts';
import { EVIDENCE_MAX, type WitnessedHead, type WitnessStore } from '../witness/ports.ts';

/** What a witness remembers for as long as the process lives. */
export function memoryWitnessStore(): WitnessStore {
  const entries = new Map<string, ListedLog[]>();
  const heads = new Map<string, WitnessedHead>();
  const evidence = new Map<string, Map<string, Uint8Array>>();
  const filesOf = (hash: string): Map<string, Uint8Array> => evidence.get(hash) ?? new Map();
  return {
    async logs() {
      return [...entries.keys()].sort();
    },
    async log(hash) {
      const known = entries.get(hash) ?? [];
      const [first] = known;
      if (first === undefined) return null;
      return {
        origin: first.origin,
        keys: known.map(({ key }) => key),
        requestsPerDay: Math.min(...known.map(({ requestsPerDay }) => requestsPerDay)),
      };
    },
    async addLog(log) {
      const hash = originHash(log.origin);
      const known = entries.get(hash) ?? [];
      if (known.some(({ key }) => key.keyHash === log.key.keyHash)) return false;
      entries.set(hash, [...known, log]);
      return true;
    },
    async head(hash) {
      return heads.get(hash) ?? null;
    },
    async advance(hash, from, note) {
      if ((heads.get(hash)?.counter ?? 0) !== from) {
        throw new TransparencyError('store.moved', `another head than ${from} is the last one`);
      }
      heads.set(hash, { counter: from + 1, note: note.slice() });
    },
    async addEvidence(hash, { kind, bytes }) {
      const files = filesOf(hash);
      const kept = [...files.keys()].filter((name) => name.startsWith(`${kind}-`));
      if (kept.length >= EVIDENCE_MAX) return;
      evidence.set(hash, files.set(`${kind}-${hex(sha256(bytes))}`, bytes.slice()));
    },
    async evidenceNames(hash) {
      return [...filesOf(hash).keys()].sort();
    },
    async evidence(hash, name) {
      return filesOf(hash).get(name) ?? null;
    },
    async close() {},
  };
}
