import * as assert from 'uvu/assert';
import type { ForkedProgram, Op, Outcome } from '../syscalls.js';
import { sys } from './sys.fixture.js';

/** Runs it to its end in a child, which must have exited with 0. */
export function ran(ops: readonly Op[]): ForkedProgram {
  const program = sys.forkProgram(ops);
  const status = program.wait();
  assert.equal({ ...status, pid: 0 }, { pid: 0, exitCode: 0, signal: null, stopped: null, continued: false });
  return program;
}

export const values = (program: { outcomes(): readonly Outcome[] }): (number | string)[] =>
  program.outcomes().map(({ error, value }) => error ?? value);
