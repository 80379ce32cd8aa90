import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const ALERTS = readFileSync(join(ROOT, 'deploy', 'alerts.yml'), 'utf8');
const rules = ALERTS.split(/^ {6}- alert: /m).slice(1);

/** The metrics of `varve serve`, with their labels, as its specification lists them. */
const METRICS = new Map(
  [
    ...readFileSync(join(ROOT, 'spec', '8-http.md'), 'utf8').matchAll(
      /^\| `(varve_[a-z_]+)` \| ([a-z, ]*?) *\|/gm,
    ),
  ].map(([, name = '', labels = '']) => [name, labels.split(', ')]),
);

describe('deploy/alerts.yml', () => {
  it('asks for metrics that exist, and for every one that tells of witnesses', () => {
    const asked = new Set(ALERTS.match(/varve_[a-z_]+/g));
    expect([...asked].filter((name) => !METRICS.has(name))).toEqual([]);
    const told = ['varve_published_unwitnessed', 'varve_log_confirming', 'varve_cosigner_up'];
    const wanted = [...told, 'varve_cosigner_claim', 'varve_cosigner_forgot_total'];
    expect(wanted.filter((name) => !asked.has(name))).toEqual([]);
  });

  it('names in each alert a page that exists, and only labels that its metrics have', () => {
    expect(rules.length).toBeGreaterThan(5);
    for (const rule of rules) {
      const page = /^ {10}runbook: (\S+)$/m.exec(rule)?.[1] ?? 'none';
      expect(existsSync(join(ROOT, page)), rule).toBe(true);
      expect(rule).toMatch(/^ {8}expr: \S/m);
      expect(rule).toMatch(/severity: (?:critical|warning)/);
      const labels = (rule.match(/varve_[a-z_]+/g) ?? []).flatMap(
        (name) => METRICS.get(name) ?? [],
      );
      for (const [, label = ''] of rule.matchAll(/\$labels\.([a-z]+)/g)) {
        expect(labels, rule).toContain(label);
      }
    }
  });

  it('says what is told of a log that no longer runs, or publishes', () => {
    expect(ALERTS).toContain('varve_log_running == 0');
    expect(ALERTS).toContain('varve_integrated_size_entries > varve_published_size_entries');
  });
});
