import { base64 } from './base64.ts';
import { equalBytes, utf8Text } from './bytes.ts';
import { TransparencyError } from './error.ts';
import {
  compareForkHeads,
  type ForkHead,
  type ForkKeys,
  openForkHead,
  readForkHead,
} from './fork-head.ts';
import { rootsOfForkPath } from './fork-path.ts';
import {
  type ForkBinding,
  type ForkKind,
  type ForkProof,
  formatForkProof,
  parseForkProof,
} from './fork-proof-file.ts';
import { leafHash } from './hash.ts';
import { checkInclusion } from './inclusion.ts';
import { formatVkey } from './vkey.ts';

/**
 * Checks that a log signed two heads which no honest log can have signed. It needs the keys and nothing else.
 * (spec/7-proof-file.md §5)
 *
 * It returns where the fork is proven, whoever made the file, and throws where it is not.
 *
 * @param file  bytes of a fork proof
 * @throws {TransparencyError} fork-proof.malformed; fork-proof.proves-nothing if the heads may both be of one honest
 *   log; note.*, checkpoint.*, tree-head.* if a head is not signed by the keys
 */
export function checkForkProof(file: Uint8Array, keys: ForkKeys): void {
  const proof = parseForkProof(file);
  openForkHead(proof.first, keys);
  openForkHead(proof.second, keys);
  if (proof.binding !== undefined) checkBinding(proof, proof.binding, keys);
  checkContradiction(proof);
}

/**
 * The bytes of a fork proof over two heads, in either order, checked before they are returned.
 *
 * @param evidence.path     explicit path (`fork-path.ts`) from the smaller size to the larger, if the sizes differ
 * @param evidence.binding  if the heads are of different faces
 * @throws {TransparencyError} what checkForkProof throws
 */
export function proveFork(
  evidence: {
    readonly heads: readonly [ForkHead, ForkHead];
    readonly path?: readonly Uint8Array[];
    readonly binding?: ForkBinding;
  },
  keys: ForkKeys,
): Uint8Array {
  const { heads, path = [], binding } = evidence;
  const [a, b] = heads;
  const [first, second] = compareForkHeads(a, b) > 0 ? [b, a] : [a, b];
  const kind = kindOf(first, second, path);
  const file = formatForkProof({
    kind,
    first,
    second,
    path: kind === 'not-a-prefix' ? path : [],
    ...(binding === undefined || first.face === second.face ? {} : { binding }),
  });
  checkForkProof(file, keys);
  return file;
}

function kindOf(first: ForkHead, second: ForkHead, path: readonly Uint8Array[]): ForkKind {
  if (readForkHead(first).size === readForkHead(second).size) return 'same-size';
  return path.length > 0 ? 'not-a-prefix' : 'time-back';
}

function checkContradiction(proof: ForkProof): void {
  const first = readForkHead(proof.first);
  const second = readForkHead(proof.second);
  const isFork = {
    'same-size': () => first.size === second.size && !equalBytes(first.rootHash, second.rootHash),
    'not-a-prefix': () => {
      const sizes = { first: first.size, second: second.size };
      const { firstRoot, secondRoot } = rootsOfForkPath(sizes, proof.path);
      return equalBytes(secondRoot, second.rootHash) && !equalBytes(firstRoot, first.rootHash);
    },
    'time-back': () => {
      if (first.timeMs === undefined || second.timeMs === undefined) return false;
      return first.size < second.size && first.timeMs > second.timeMs;
    },
  };
  if (!isFork[proof.kind]()) throw provesNothing(`sizes ${first.size} and ${second.size} may fit`);
}

/**
 * Without it, the heads of two honest logs of one operator would pass for a fork: a tree head does not say whose it is.
 * The log itself signed the tree that begins with this leaf.
 */
function checkBinding(proof: ForkProof, binding: ForkBinding, keys: ForkKeys): void {
  const checkpoint = proof.first.face === 'checkpoint' ? proof.first : proof.second;
  const { size: treeSize, rootHash } = readForkHead(checkpoint);
  try {
    const leaf = { leafHash: leafHash(binding.genesis), leafIndex: 0 };
    checkInclusion({ ...leaf, treeSize, rootHash, path: binding.path });
  } catch (cause) {
    throw new TransparencyError('fork-proof.proves-nothing', 'the genesis leaf is not leaf 0', {
      cause,
    });
  }
  const genesis = memberOf(parseJson(binding.genesis), 'keys');
  const { logKey, p256PublicKey = new Uint8Array(0) } = keys;
  const isBound =
    memberOf(parseJson(binding.genesis), 'v') === 'nhi.genesis/1' &&
    memberOf(genesis, 'ed25519') === formatVkey(logKey) &&
    memberOf(genesis, 'p256') === base64(p256PublicKey);
  if (!isBound) throw provesNothing('the genesis leaf does not name both keys');
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Text(bytes));
  } catch (cause) {
    throw new TransparencyError('fork-proof.proves-nothing', 'the genesis leaf is not JSON', {
      cause,
    });
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

function provesNothing(why: string): TransparencyError {
  return new TransparencyError('fork-proof.proves-nothing', why);
}
