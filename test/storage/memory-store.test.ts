import { memoryStore } from '../../src/storage/memory-store.ts';
import { FaultDisk } from '../support/fault-store.ts';
import { startLife } from '../support/life.ts';
import { storeContract } from './store-contract.ts';

storeContract('a store in memory', () => ({ open: async () => memoryStore() }), false);

storeContract('a store in memory under a fault store without faults', () => {
  const disk = new FaultDisk(memoryStore());
  return { open: async () => disk.open(startLife()) };
});
