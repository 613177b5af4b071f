import { readFileSync } from 'node:fs';
import type { Ending } from './judge-file.js';
import type { TestMessage } from './messages.js';

interface Killable {
  readonly pid?: number | undefined;
  kill(signal: 'SIGKILL'): boolean;
}

/** How long a process may live on after its last test: then it is a live handle that keeps it. */
export const lingerMs = 3000;
// At its deadline the child itself says what keeps it alive; if it cannot, its event loop is blocked.
const answerMs = 1000;

/** Kills the process of a test file when its time is over, and remembers that, and what the process was doing. */
export function startDeadline(
  deadlineS: number,
  child: Killable,
): { receive(message: TestMessage): void; disarm(): void; passed(): Ending | undefined } {
  let ending: Ending | undefined;
  const kill = (): void => {
    ending = { kind: 'killed-at-deadline', deadlineS, state: stateOf(child.pid) };
    child.kill('SIGKILL');
  };
  let timer = setTimeout(kill, deadlineS * 1000 + answerMs);
  const killIn = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(kill, ms);
  };
  return {
    receive(message) {
      if (message.kind === 'finished') killIn(lingerMs + answerMs);
      if (message.kind === 'held-alive') killIn(0);
    },
    disarm: () => clearTimeout(timer),
    passed: () => ending,
  };
}

function stateOf(pid: number | undefined): string {
  if (process.platform !== 'linux' || pid === undefined) return 'state unknown';
  try {
    const state = /^State:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 'unknown';
    return `state ${state}, in ${readFileSync(`/proc/${pid}/wchan`, 'utf8') || 'unknown'}`;
  } catch {
    return 'state unknown';
  }
}
