import { inspect } from 'node:util';
import type { Failure } from '../messages.js';

/** uvu's assertions carry their diff in `details`; node:assert's carry it in the message. */
export function describeError(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: `threw ${inspect(error)}`, details: '', stack: '' };
  const details: unknown = 'details' in error ? error.details : undefined;
  return {
    message: `${error.name}: ${error.message}`,
    details: typeof details === 'string' ? details : '',
    stack: framesOf(error) + causeOf(error),
  };
}

function framesOf(error: Error): string {
  const lines = (error.stack ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => line.startsWith('at ') && !isMachinery(line)).join('\n');
}

function isMachinery(frame: string): boolean {
  return /\(?node:|node_modules\/uvu\/|\/test-runner\/child\//.test(frame);
}

function causeOf(error: Error): string {
  return error.cause === undefined ? '' : `\ncause: ${inspect(error.cause)}`;
}
