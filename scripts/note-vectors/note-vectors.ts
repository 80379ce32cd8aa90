import {
  checkpointOpenVectors,
  checkpointParseVectors,
  cosignatureVectors,
  treeHeadVectors,
} from './checkpoint.ts';
import { ed25519Vectors } from './ed25519.ts';
import { forkProofVectors } from './fork-proof.ts';
import { noteOpenVectors, noteParseVectors, vkeyVectors } from './note.ts';
import { policyParseVectors, quorumVectors } from './policy.ts';
import { proofFileOpenVectors, proofFileParseVectors } from './proof-file.ts';

/** All vectors by the name of their file. A test makes them again and compares. */
export function noteVectors(): Record<string, unknown> {
  return {
    'ed25519-strict': ed25519Vectors(),
    'note-parse': noteParseVectors(),
    'note-open': noteOpenVectors(),
    'note-vkey': vkeyVectors(),
    'checkpoint-parse': checkpointParseVectors(),
    'checkpoint-open': checkpointOpenVectors(),
    'checkpoint-tree-head': treeHeadVectors(),
    'cosignature-line': cosignatureVectors(),
    'policy-parse': policyParseVectors(),
    'policy-quorum': quorumVectors(),
    'proof-file-parse': proofFileParseVectors(),
    'proof-file-open': proofFileOpenVectors(),
    'fork-proof-check': forkProofVectors(),
  };
}
