/** The room's face: adapters of the ports of `log/` and `witness/`. */
export { initGuard, openGuardFile } from './guard-file.ts';
export { type KeyFile, keyFile, memoryKeyFile } from './key-file.ts';
export { type LevelIndexStoreOptions, openLevelIndexStore } from './level-index-store.ts';
export { type LevelStoreOptions, levelStoreExists, openLevelStore } from './level-store.ts';
export { memoryGuard } from './memory-guard.ts';
export { memoryIndexStore } from './memory-index-store.ts';
export { memoryStore } from './memory-store.ts';
export { memoryWitnessStore } from './memory-witness-store.ts';
export { openOpeningKeys } from './opening-keys.ts';
export { openWitnessFolder } from './witness-folder.ts';
