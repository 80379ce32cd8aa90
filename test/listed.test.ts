import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/cli/commands.ts';
import { LOG_LIMIT_RANGES } from '../src/cli/log-limits.ts';
import { LIMITS } from '../src/http/limits.ts';
import { LOG_LIMITS } from '../src/log/limits.ts';
import {
  type Found,
  nameOf,
  nodesBelow,
  type SourceNode,
  sourceFiles,
  textOfLiteral,
} from './support/source-tree.ts';

const SOURCES = sourceFiles();
const spec = (part: string): string =>
  readFileSync(new URL(`../spec/${part}.md`, import.meta.url), 'utf8');

/** Everything in the code that satisfies a test, with the file where it stands. */
function findAll<T>(find: (found: Found, path: string) => T | undefined): readonly T[] {
  return SOURCES.flatMap(({ path, program }) =>
    [...nodesBelow(program)].flatMap((found) => find(found, path) ?? []),
  );
}

describe('codes of problems', () => {
  const codes = findAll(({ node, around }, path) => {
    if (path !== 'core/error.ts' || around[0]?.type !== 'TSLiteralType') return undefined;
    return textOfLiteral(node);
  });

  it('are each made somewhere: what nothing throws is not on the list', () => {
    expect(codes.length).toBeGreaterThan(100);
    const made = new Set(
      findAll(({ node, around }, path) => {
        const text = textOfLiteral(node);
        const isCode = text !== undefined && path !== 'core/error.ts' && codes.includes(text);
        return isCode && !isLookedAt(node, around) ? text : undefined;
      }),
    );
    expect(codes.filter((code) => !made.has(code))).toEqual([]);
  });
});

/** Is a code held against another here, rather than said? */
function isLookedAt(node: SourceNode, around: readonly SourceNode[]): boolean {
  const [parent, grandparent] = around;
  switch (parent?.type) {
    case 'SwitchCase':
    case 'BinaryExpression':
    case 'TSLiteralType':
      return true;
    case 'CallExpression':
      return (
        nameOf(parent['callee']) === 'isTransparencyError' || nameOf(parent['callee']) === 'has'
      );
    case 'ArrayExpression':
      // A set of codes, to look one up in.
      return grandparent?.type === 'NewExpression' && nameOf(grandparent['callee']) === 'Set';
    default:
      return node !== parent?.['value'] && parent?.type === 'Property';
  }
}
