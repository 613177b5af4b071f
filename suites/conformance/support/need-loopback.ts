import { errnoOf, type CheckRun } from '../../../harness/define.js';

/** Nobody listens there: the answer is a refusal, or still to come, wherever 127.0.0.1 can be reached. */
const NOBODYS_PORT = 1;
const NO_WAY = new Set(['ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Skips, with the error of connect(2), where there is no loopback interface: Node would tell of it in a process that
 * nobody asks.
 */
export function needLoopback({ sys, skip }: Pick<CheckRun, 'sys' | 'skip'>): void {
  const { AF_INET, SOCK_STREAM, SOCK_NONBLOCK, SOCK_CLOEXEC } = sys.constants;
  const probe = sys.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const code = errnoOf(() => sys.connect(probe, { port: NOBODYS_PORT }));
  sys.close(probe);
  if (code !== null && NO_WAY.has(code))
    skip('127.0.0.1 cannot be reached on this system', Object.assign(new Error(`connect ${code}`), { code }));
}
