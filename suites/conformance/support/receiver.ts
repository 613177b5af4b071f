import type { ChildProcess, SendHandle } from 'node:child_process';
import type { CheckRun } from '../../../harness/define.js';
import type { Order, Report } from '../children/handle-receiver.js';
import { nameOf, serializationOf } from './node-ipc-channel.js';

/** A Node child that is sent handles: children/handle-receiver.ts. */
export interface Receiver {
  readonly child: ChildProcess;
  /** Resolves with the outcome that the callback of send() was told: null, or the name of the error. */
  give(order: Order, handle?: SendHandle, options?: { readonly keepOpen: boolean }): Promise<string | null>;
  /** The next message that the child sends by itself. */
  next(): Promise<unknown>;
  report(when?: { readonly ended?: number; readonly bytes?: number }): Promise<Report>;
}

export function startReceiver(checkRun: CheckRun): Receiver {
  const child = checkRun.child(new URL('../children/handle-receiver.js', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: serializationOf(checkRun.subject),
  });
  const next = async (): Promise<unknown> => (await checkRun.event(child, 'message'))[0];
  const give: Receiver['give'] = (order, handle, options = { keepOpen: false }) =>
    new Promise(
      (resolve) => void child.send(order, handle, options, (error) => resolve(error === null ? null : nameOf(error))),
    );
  return {
    child,
    give,
    next,
    report: async (when = {}) => {
      void give({ order: 'report', ...when });
      return (await next()) as Report;
    },
  };
}
