import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { forkedArguments, type PeerArguments } from './arguments.js';

/** The responder's control channel, which the harness gives to the initiator of a forked transport beside its own. */
const responderControl = 5;

export interface ResponderFork {
  fork(options: { readonly serialization: 'json' | 'advanced' }): ChildProcess;
  /** Resolves when the responder has been reaped; at once when there is none. */
  reaped(): Promise<void>;
}

/**
 * Starts the responder as a child of this process. It finds its descriptors where every peer does: 3 its control
 * channel to the harness, 4 the shared mapping; Node's channel comes after them. It ends with this process
 * (PR_SET_PDEATHSIG) and with its control channel, so this process has to outlive it.
 */
export function createResponderFork(argv: readonly string[], own: PeerArguments, script: string): ResponderFork {
  let reaped: Promise<void> | null = null;
  return {
    fork({ serialization }) {
      if (own.role !== 'initiator') throw new Error('Only the initiator forks; the responder is its child.');
      if (reaped !== null) throw new Error('The responder was forked already: a launch has one.');
      // Not before it is needed: most peers fork nothing, and it takes two milliseconds to load.
      const { fork } = createRequire(script)('node:child_process') as typeof import('node:child_process');
      const child = fork(script, forkedArguments(argv, own, process.pid), {
        // None of the harness's or a debugger's own flags. The environment, NODE_OPTIONS included, is the user's, as it
        // is this process's.
        execArgv: [],
        serialization,
        stdio: ['ignore', 'ignore', 'inherit', responderControl, 4, 'ipc'],
      });
      // With a copy left here the harness would not see the responder's end.
      closeSync(responderControl);
      reaped = new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.once('error', () => resolve());
      });
      return child;
    },
    reaped: () => reaped ?? Promise.resolve(),
  };
}
