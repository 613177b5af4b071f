import { failureOf, type Failure, type TestMessage } from './messages.js';

/** How the process of a test file came to its end. */
export type Ending =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'killed-at-deadline'; readonly deadlineS: number; readonly state: string };

export interface FileRun {
  readonly messages: readonly TestMessage[];
  readonly ending: Ending;
  readonly leftProcesses: readonly string[];
  readonly leftFiles: readonly string[];
}

export interface TestResult {
  readonly suite: string;
  readonly name: string;
  readonly outcome:
    | { readonly state: 'passed' }
    | { readonly state: 'failed'; readonly failures: readonly Failure[] }
    | { readonly state: 'skipped'; readonly reason: string };
}

export interface FileVerdict {
  readonly tests: readonly TestResult[];
  /** What is wrong with the file as a whole; each counts as one failure. */
  readonly faults: readonly Failure[];
}

/**
 * A test passed only if its own process said so, all of it ended in order, and nothing was left behind. The exit code
 * is heard, never trusted.
 */
export function judgeFile(run: FileRun): FileVerdict {
  const tests = judgeTests(run.messages);
  const someFailed = tests.some((test) => test.outcome.state === 'failed');
  const faults = [
    ...run.messages.flatMap((message) => (message.kind === 'fault' ? [message.failure] : [])),
    ...(tests.length === 0 ? [failureOf('the file declares no test')] : []),
  ];
  return {
    tests,
    faults: [...unique(faults), ...judgeEnding(run, someFailed || faults.length > 0), ...judgeLeftovers(run)],
  };
}

function judgeTests(messages: readonly TestMessage[]): TestResult[] {
  return messages.flatMap((message) =>
    message.kind === 'declared'
      ? [{ suite: message.suite, name: message.name, outcome: judgeTest(message.test, messages) }]
      : [],
  );
}

function judgeTest(test: number, messages: readonly TestMessage[]): TestResult['outcome'] {
  const failures: Failure[] = [];
  let progress: 'declared' | 'queued' | 'started' | 'passed' = 'declared';
  let skipReason: string | undefined;
  for (const message of messages) {
    if (message.kind === 'queued' && message.tests.includes(test)) progress = 'queued';
    if (!('test' in message) || message.test !== test) continue;
    if (message.kind === 'started' || message.kind === 'passed') progress = message.kind;
    if (message.kind === 'skipped') skipReason = message.reason;
    if (message.kind === 'failed') failures.push(message.failure);
  }
  if (failures.length > 0) return { state: 'failed', failures: unique(failures) };
  if (skipReason !== undefined) return { state: 'skipped', reason: skipReason };
  switch (progress) {
    case 'passed':
      return { state: 'passed' };
    case 'started':
      return { state: 'failed', failures: [failureOf('it began and did not end')] };
    case 'queued':
      return { state: 'failed', failures: [failureOf('it was declared and never ran')] };
    case 'declared':
      return { state: 'failed', failures: [failureOf('it never ran: its suite has no .run() after it')] };
  }
}

function judgeEnding({ messages, ending }: FileRun, isRedAlready: boolean): Failure[] {
  const isFinished = messages.some((message) => message.kind === 'finished');
  const heldAlive = messages.flatMap((message) => (message.kind === 'held-alive' ? [message.by] : [])).at(-1);
  switch (ending.kind) {
    case 'killed-at-deadline': {
      const keptBy =
        heldAlive === undefined
          ? `its event loop did not answer (${ending.state})`
          : `kept alive by: ${listOr('nothing known', heldAlive)}`;
      return [
        failureOf(
          isFinished
            ? `the tests ended and the process did not; ${keptBy}`
            : `not done within ${ending.deadlineS} s${during(messages)}; ${keptBy}`,
        ),
      ];
    }
    case 'signalled':
      return [failureOf(`ended by ${ending.signal}${during(messages)}`)];
    case 'exited':
      if (!isFinished)
        return [failureOf(`exited with code ${ending.code} before its tests were done${during(messages)}`)];
      if (ending.code !== 0 && !isRedAlready)
        return [failureOf(`every test passed, and the process exited with code ${ending.code}`)];
      return [];
  }
}

function during(messages: readonly TestMessage[]): string {
  const open = new Map<number, string>();
  const names = new Map<number, string>();
  for (const message of messages) {
    if (message.kind === 'declared') names.set(message.test, message.name);
    if (message.kind === 'started') open.set(message.test, names.get(message.test) ?? '');
    if (message.kind === 'passed' || message.kind === 'failed' || message.kind === 'skipped') open.delete(message.test);
  }
  return open.size === 0 ? '' : `, in ${[...open.values()].map((name) => `'${name}'`).join(', ')}`;
}

function judgeLeftovers({ leftProcesses, leftFiles, ending }: FileRun): Failure[] {
  const processes = leftProcesses.length === 0 ? [] : [failureOf(`left processes alive: ${listOr('', leftProcesses)}`)];
  // Whoever is killed cannot tidy up, and its red is told already; its processes help to find out why.
  const files =
    leftFiles.length === 0 || ending.kind !== 'exited'
      ? []
      : [failureOf(`left files behind: ${listOr('', leftFiles)}`)];
  return [...processes, ...files];
}

function listOr(nothing: string, items: readonly string[]): string {
  const shown = items.slice(0, 10);
  const rest = items.length - shown.length;
  return items.length === 0 ? nothing : shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

// uvu calls a throwing after.each() twice; it is one failure.
function unique(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((failure) => [failure.message, failure])).values()];
}
