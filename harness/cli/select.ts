import type { DeliveryCheck, Transport } from '../model/index.js';
import { unknownName } from './nearest.js';

/** Names that equal a pattern or begin with it at a word's border: `unix` selects unix-stream, `loss` selects loss/tail. */
export function selectNames(patterns: readonly string[], known: readonly string[], kind: string, listing: string): string[] {
  if (patterns.length === 0) return [...known];
  const chosen = new Set<string>();
  for (const pattern of patterns) {
    const found = known.filter((name) => name === pattern || name.startsWith(`${pattern}-`) || name.startsWith(`${pattern}/`));
    if (found.length === 0) throw unknownName(kind, pattern, known, listing);
    for (const name of found) chosen.add(name);
  }
  return known.filter((name) => chosen.has(name));
}

export function selectTransports<T extends { readonly transport: Transport }>(patterns: readonly string[], loaded: readonly T[]): T[] {
  const names = selectNames(patterns, loaded.map((one) => one.transport.name), 'transport', "'ipcbench list transports'");
  return loaded.filter((one) => names.includes(one.transport.name));
}

/** A check is selected by `group/name`, by a beginning of it, or by `transport/group/name`, which also selects the transport. */
export function selectChecks(patterns: readonly string[], checks: readonly DeliveryCheck[]): DeliveryCheck[] {
  const ids = selectNames(patterns, checks.map((check) => check.id), 'check', "'ipcbench list checks'");
  return checks.filter((check) => ids.includes(check.id));
}
