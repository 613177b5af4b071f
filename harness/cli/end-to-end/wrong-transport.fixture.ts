import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { UNPINNED } from '../../placement/place.js';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Verdict } from '../../model/index.js';
import { checkTransport } from '../../runner/run-checks.js';
import { loadChecks } from '../../discovery/load-checks.js';
import type { LoadedTransport } from '../../discovery/load-transports.js';
import { openSession, type Session } from '../../session/session.js';

/** What is wrong with a transport over a socketpair; each text is JavaScript inside the module. */
export interface Flaw {
  /** At the top of the module. */
  readonly top?: string;
  /** First in `open`. */
  readonly open?: string;
  /**
   * First in `send`, which has `message`, its number `sent` from 1, `write(message)` and, as everything here, `role`
   * and `socket`.
   */
  readonly send?: string;
  /** Instead of `receive(chunk)`; `chunks` counts from 1. */
  readonly receive?: string;
  /** Instead of `ended()`. */
  readonly end?: string;
  /** Instead of `flush()`, which ends the socket and waits until all has left; `closed` counts calls from 1. */
  readonly close?: string;
  /** The C++ core opens the same socketpair, and does nothing wrong. */
  readonly hasCore?: boolean;
}

/** A module whose default export is that transport, called `wrong`. */
export function wrongTransport({
  top = '',
  open = '',
  send = '',
  receive = 'receive(chunk);',
  end = 'ended();',
  close = 'return flush();',
  hasCore = false,
}: Flaw): string {
  return (
    `
import { Socket } from 'node:net';
import { once } from 'node:events';
${top}
export default {
  name: 'wrong', summary: 'A socketpair, with something wrong.', platforms: ['linux'],
  guarantees: { framing: 'stream', ordered: true, reliable: true, eof: true, duplex: true, atomicWriteBytes: ` +
    `null, maxMessageBytes: null, backpressure: 'advises' },
  arrange(tools) {
    const [initiator, responder] = tools.socketpair('stream');
    return { initiator: { spec: 'fd:{0}', descriptors: [initiator] }, responder: { spec: 'fd:{0}', ` +
    `descriptors: [responder] } };
  },
  ${hasCore ? "coreDrivers: ['native']," : ''}
  js: { topology: 'spawned', async open({ role, spec }) {
    ${open}
    const socket = new Socket({ fd: Number(spec.slice(3)), readable: true, writable: true, allowHalfOpen: true });
    let sent = 0;
    let chunks = 0;
    let closed = 0;
    let held = null;
    const write = (message) => (socket.write(message) ? undefined : once(socket, 'drain'));
    const flush = () => new Promise((resolve) => socket.end(resolve));
    return {
      send(message) {
        sent += 1;
        ${send}
        return write(message);
      },
      onMessage: (receive) => socket.on('data', (chunk) => {
        chunks += 1;
        ${receive}
      }),
      onEnd: (ended) => socket.once('end', () => {
        ${end}
      }),
      async close() {
        closed += 1;
        ${close}
      },
    };
  } },
};
`
  );
}

/** Of each checked exchange. */
export const MESSAGES = 1200;
export const folder = mkdtempSync(join(tmpdir(), 'w-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
export const checks = await loadChecks();
let written = 0;

/** Each module has a name of its own: a peer imports it by its address. */
export const withTransport = async <T>(
  flaw: Flaw,
  use: (loaded: LoadedTransport, session: Session) => Promise<T>,
): Promise<T> => {
  const file = join(folder, `wrong-${(written += 1)}.mjs`);
  writeFileSync(file, wrongTransport(flaw));
  const session = await openSession({ cpus: null, timeoutMs: 3000, transportModules: [file] });
  try {
    return await use(session.transports.find(({ origin }) => origin === 'user') as LoadedTransport, session);
  } finally {
    session.close();
  }
};

/** Every verdict on it, through each of its drivers. */
export const check = (flaw: Flaw): Promise<readonly Verdict[]> =>
  withTransport(flaw, async (loaded, session) => {
    return (
      await checkTransport(
        loaded,
        checks,
        { messages: MESSAGES, seed: 7, stallMs: 2000, cpus: UNPINNED },
        session.context,
      )
    ).verdicts;
  });

/** Those that did not pass, as lines. */
export const notKept = (verdicts: readonly Verdict[]): readonly string[] =>
  verdicts
    .filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip')
    .map(({ id, verdict, evidence }) => `${id} ${verdict}: ${evidence}`);
