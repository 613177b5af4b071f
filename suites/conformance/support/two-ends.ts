import type { Ends, CheckRun } from '../../../harness/define.js';
import { listenFor } from './connected.js';

/** Both ends of any transport, connected: `check run.pair`, and a connection over the loopback interface. */
export function endsOf(
  checkRun: CheckRun,
  options: { readonly nonblocking?: boolean; readonly index?: number } = {},
): Ends {
  if (checkRun.subject !== 'tcp-loopback') return checkRun.pair(options);
  const { sys, own } = checkRun;
  const { listener, address, client } = listenFor(checkRun, 1, `listener${options.index ?? 0}`);
  const a = client();
  sys.connect(a, address);
  const b = own(sys.accept4(listener));
  sys.close(listener);
  if (options.nonblocking === true) for (const end of [a, b]) sys.ioctl(end, sys.constants.FIONBIO, 1);
  return { a: { in: a, out: a }, b: { in: b, out: b } };
}
