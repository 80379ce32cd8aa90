import { audit } from './audit.ts';
import { check } from './check.ts';
import type { Command } from './command.ts';
import { demo } from './demo.ts';
import { erase } from './erase.ts';
import { guard } from './guard.ts';
import { hold } from './hold.ts';
import { keys } from './keys.ts';
import { lookup } from './lookup.ts';
import { openings } from './openings.ts';
import { restore } from './restore.ts';
import { retire } from './retire.ts';
import { serve } from './serve.ts';
import { source } from './source.ts';
import { submit } from './submit.ts';
import { token } from './token.ts';
import { verify } from './verify.ts';
import { witness } from './witness.ts';

/** All commands, in the order in which a newcomer meets them. */
export const COMMANDS: readonly Command[] = [
  demo,
  serve,
  keys,
  submit,
  verify,
  lookup,
  source,
  openings,
  audit,
  check,
  token,
  erase,
  hold,
  guard,
  restore,
  retire,
  witness,
];
