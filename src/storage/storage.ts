/** The room's face: adapters of the ports of `log/`. */
export { initGuard, openGuardFile } from './guard-file.ts';
export { type LevelStoreOptions, levelStoreExists, openLevelStore } from './level-store.ts';
export { memoryGuard } from './memory-guard.ts';
export { memoryStore } from './memory-store.ts';
