import type { CheckRun } from '../../../harness/define.js';

/** (writer, number) of every message that a `recvStamped` with `keep` received, in the order of arrival. */
export function stampsOf(kept: readonly Buffer[]): readonly (readonly [writer: number, number: number])[] {
  const bytes = Buffer.concat(kept);
  return Array.from(
    { length: Math.floor(bytes.length / 8) },
    (_, at) => [numberAt(bytes, 8 * at), numberAt(bytes, 8 * at + 4)] as const,
  );
}

/** A message queue has calls of its own. */
export const viaOf = (checkRun: Pick<CheckRun, 'subject'>): { readonly via?: 'mq' } =>
  checkRun.subject === 'posix-mq' ? { via: 'mq' } : {};

/** In the machine's order. */
const numberAt = (bytes: Buffer, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, LITTLE_ENDIAN);
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
