import { fileURLToPath } from 'node:url';
import { shellCommand } from '../model/shell-command.js';
import type { Driver } from '../model/index.js';
import type { LoadedTransport } from '../discovery/load-transports.js';

export interface DeliveryRun {
  readonly checkId: string;
  readonly seed: number;
  readonly messages: number;
  /** null: the transport has no other that is checked. */
  readonly driver?: Driver | null;
  readonly sizesBytes?: readonly number[];
}

/**
 * The command that repeats one verdict of an exchange, and nothing else. A package is looked up from where it runs, a
 * path is whole.
 */
export function repeatDelivery(loaded: LoadedTransport, run: DeliveryRun): string {
  const { checkId, seed, messages, driver = null, sizesBytes = [] } = run;
  return shellCommand([
    'ipcbench',
    'check',
    '--check',
    `${loaded.transport.name}/${checkId}`,
    ...moduleWords(loaded),
    ...(driver === null ? [] : ['--driver', driver]),
    '--seed',
    String(seed),
    '--messages',
    String(messages),
    ...(sizesBytes.length === 0 ? [] : ['--size', sizesBytes.join(',')]),
  ]);
}

/** How a command is told of a transport that is not built in. */
export function moduleWords({ origin, module, packageName }: LoadedTransport): string[] {
  return origin === 'built-in' ? [] : ['--transport', packageName ?? fileURLToPath(module)];
}
