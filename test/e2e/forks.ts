/*
 * Forks and rollbacks with real processes: `npm run test:forks [-- --full]`.
 *
 * The cells of the table of forks.md, and witnesses that hang, flap or answer garbage. With --full the loss of admission
 * beside such a witness is measured in five pairs and held to a tenth; else one pair is printed.
 */
import { checkBadWitnesses } from './forks/bad-witnesses.ts';
import { checkCells } from './forks/cells.ts';
import { witnessSite } from './forks/site.ts';
import { openSuite } from './suite.ts';

const { report, folder: work, play } = openSuite('forks');
await play(async () => {
  const site = await witnessSite(work);
  try {
    // Most of their time is waited for witnesses, so they wait together.
    const cells = checkCells(report, work, site);
    const others = cells.catch(() => {});
    const isFull = process.argv.includes('--full');
    const bad = checkBadWitnesses(report, work, { site, isFull, others });
    for (const part of await Promise.allSettled([cells, bad])) {
      if (part.status === 'rejected') report.fail('a part of the suite runs', part.reason);
    }
  } finally {
    await site.close();
  }
});
