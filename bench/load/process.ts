import { runLoad } from './load.ts';
import type { LoadOrder } from './order.ts';

// The process that makes loads: an order in, a report out, until its parent is gone.
process.on('message', (order: LoadOrder) => {
  runLoad(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
