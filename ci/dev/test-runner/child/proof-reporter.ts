import { failureOf, type TestMessage } from '../messages.js';
import { send } from './channel.js';
import { describeError } from './describe-error.js';

interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly nesting?: number;
    readonly skip?: string | boolean;
    readonly todo?: string | boolean;
    readonly details?: { readonly error?: unknown };
  };
}

/**
 * node:test's reporter for *.proof.ts files: its events become the messages that uvu's tests send, and are judged
 * alike.
 */
export default async function* proofReporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const ids = new Map<string, number>();
  for await (const { type, data } of events) {
    if (data.nesting !== 0 || data.name === undefined) continue;
    const known = ids.get(data.name);
    const test = known ?? ids.size;
    if (known === undefined) {
      ids.set(data.name, test);
      send({ kind: 'declared', test, suite: '', name: data.name });
      send({ kind: 'queued', tests: [test] });
    }
    const message = asMessage(test, type, data);
    if (message) send(message);
  }
  send({ kind: 'finished' });
  yield '';
}

function asMessage(test: number, type: string, data: TestEvent['data']): TestMessage | undefined {
  switch (type) {
    case 'test:start':
      return { kind: 'started', test };
    case 'test:pass': {
      const left = data.skip ?? data.todo;
      if (left === undefined || left === false) return { kind: 'passed', test };
      return { kind: 'skipped', test, reason: typeof left === 'string' && left !== '' ? left : 'no reason given' };
    }
    case 'test:fail': {
      const error = data.details?.error;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return {
        kind: 'failed',
        test,
        failure: cause === undefined ? failureOf('failed without an error') : describeError(cause),
      };
    }
    default:
      return undefined;
  }
}
