import * as uvu from 'uvu';
import type { Callback, Test } from 'uvu';
import { failureOf } from '../messages.js';
import { isSkip } from '../skip.js';
import { send } from './channel.js';
import { describeError } from './describe-error.js';

export { exec } from 'uvu';

/**
 * uvu's `suite`, with every registration and every outcome sent to the runner. uvu itself still runs the tests and
 * hooks, in its order.
 */
export function suite<T = Record<string, unknown>>(title = '', context?: T): Test<T> {
  const counts: SuiteCounts = { title, declared: 0 };
  titledSuites.push(counts);
  return counted(uvu.suite<T>(title, context), counts);
}

export const test: Test = counted(uvu.suite(), { title: '', declared: 0 });

/** Faults of this file that only show when it has been read to its end. */
export function reportEmptySuites(): void {
  for (const { title, declared } of titledSuites) {
    if (declared === 0) send({ kind: 'fault', failure: failureOf(`suite '${title}' declares no test`) });
  }
}

/** Whether this error's message has been sent already, from the hook or test that threw it. */
export function isTold(error: unknown): boolean {
  return told.has(error);
}

interface SuiteCounts {
  readonly title: string;
  declared: number;
}
interface Declared {
  readonly id: number;
  skipReason: string | undefined;
}
interface Batch {
  readonly tests: Declared[];
  readonly only: Declared[];
  executed: number;
  current: Declared | undefined;
  skipReason: string | undefined;
}
type EachHook = 'before.each' | 'after.each';
type SuiteHook = 'before' | 'after';

const titledSuites: SuiteCounts[] = [];
const told = new Set<unknown>();
let nextId = 0;

function counted<T>(real: Test<T>, counts: SuiteCounts): Test<T> {
  let batch = openBatch(real);

  const declare = (name: string): Declared => {
    const declared = { id: nextId++, skipReason: undefined };
    counts.declared += 1;
    send({ kind: 'declared', test: declared.id, suite: counts.title, name });
    return declared;
  };
  const add = (name: string, body: Callback<T>): void => {
    const declared = declare(name);
    batch.tests.push(declared);
    real(name, countedBody(batch, declared, body));
  };
  const only = (name: string, body: Callback<T>): void => {
    const declared = declare(name);
    batch.only.push(declared);
    send({
      kind: 'fault',
      failure: failureOf(`'${name}' was left in .only: the other tests of its suite did not run`),
    });
    real.only(name, countedBody(batch, declared, body));
  };
  const skipped = (name = 'unnamed'): void => {
    send({ kind: 'skipped', test: declare(name).id, reason: 'no reason given' });
    real.skip(name);
  };
  const before = (hook: Callback<T>): void => real.before(countedSuiteHook(batch, 'before', counts.title, hook));
  const after = (hook: Callback<T>): void => real.after(countedSuiteHook(batch, 'after', counts.title, hook));
  const beforeEach = (hook: Callback<T>): void => real.before.each(countedEachHook(batch, 'before.each', hook));
  const afterEach = (hook: Callback<T>): void => real.after.each(countedEachHook(batch, 'after.each', hook));

  const run = (): void => {
    const queued = [...batch.tests, ...batch.only];
    if (counts.declared === 0)
      send({ kind: 'fault', failure: failureOf(`${suiteName(counts.title)} has .run() and no test before it`) });
    send({ kind: 'queued', tests: queued.map((declared) => declared.id) });
    real.run();
    batch = openBatch(real);
  };

  return Object.assign(add, {
    only,
    skip: skipped,
    before: Object.assign(before, { each: beforeEach }),
    after: Object.assign(after, { each: afterEach }),
    run,
  });
}

// uvu empties a suite at .run(): what is registered later belongs to the next one. Its hooks do not say which test they
// run for, so the first before.each of every batch follows uvu's own order.
function openBatch<T>(real: Test<T>): Batch {
  const batch: Batch = { tests: [], only: [], executed: 0, current: undefined, skipReason: undefined };
  real.before.each(() => {
    batch.current = (batch.only.length > 0 ? batch.only : batch.tests)[batch.executed++];
    if (batch.current) send({ kind: 'started', test: batch.current.id });
  });
  return batch;
}

function countedBody<T>(batch: Batch, declared: Declared, body: Callback<T>): Callback<T> {
  return async (context) => {
    const skipReason = batch.skipReason ?? declared.skipReason;
    if (skipReason !== undefined) return send({ kind: 'skipped', test: declared.id, reason: skipReason });
    try {
      await body(context);
      send({ kind: 'passed', test: declared.id });
    } catch (error) {
      if (isSkip(error)) return send({ kind: 'skipped', test: declared.id, reason: error.message });
      send({ kind: 'failed', test: declared.id, failure: describeError(error) });
      told.add(error);
      throw error;
    }
  };
}

function countedEachHook<T>(batch: Batch, name: EachHook, hook: Callback<T>): Callback<T> {
  return async (context) => {
    if (batch.skipReason !== undefined) return;
    try {
      await hook(context);
    } catch (error) {
      if (name === 'before.each' && isSkip(error) && batch.current) {
        batch.current.skipReason = error.message;
        return;
      }
      const failure = describeError(error);
      const named = { ...failure, message: `${name}() threw ${failure.message}` };
      send(
        batch.current ? { kind: 'failed', test: batch.current.id, failure: named } : { kind: 'fault', failure: named },
      );
      told.add(error);
      throw error;
    }
  };
}

function countedSuiteHook<T>(batch: Batch, name: SuiteHook, title: string, hook: Callback<T>): Callback<T> {
  return async (context) => {
    if (batch.skipReason !== undefined) return;
    try {
      await hook(context);
    } catch (error) {
      if (name === 'before' && isSkip(error)) {
        batch.skipReason = error.message;
        return;
      }
      const failure = describeError(error);
      send({
        kind: 'fault',
        failure: { ...failure, message: `${name}() of ${suiteName(title)} threw ${failure.message}` },
      });
      told.add(error);
      throw error;
    }
  };
}

function suiteName(title: string): string {
  return title === '' ? "the file's tests" : `suite '${title}'`;
}
