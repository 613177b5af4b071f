import { placeInStack } from './place-in-stack.js';

/** What an `error` line says of what went wrong, and when. */
export interface Failure {
  readonly message: string;
  readonly code: string | null;
  readonly syscall: string | null;
  /** Negative, as Node and libuv give it. */
  readonly errno: number | null;
  readonly phase: string;
  /** The first line of the stack in the author's file, as `file:line:column`; null where there is none. */
  readonly at: string | null;
  /** Messages that this end had sent or received; null where it counts none. */
  readonly messages: number | null;
}

/** Where an error is looked at: whose module, and how far its peer had come. */
export interface Circumstances {
  readonly moduleUrl: string;
  readonly messages: number | null;
}

const UNKNOWN: Circumstances = { moduleUrl: '', messages: null };

/** Anything that was thrown, with what Node's own errors carry. Never throws. */
export function failureOf(thrown: unknown, phase: string, { moduleUrl, messages }: Circumstances = UNKNOWN): Failure {
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  const at = placeInStack(memberOf(thrown, 'stack'), moduleUrl);
  return {
    message,
    code: textOf(thrown, 'code'),
    syscall: textOf(thrown, 'syscall'),
    errno: errnoOf(thrown),
    phase,
    at,
    messages,
  };
}

export function errnoOf(thrown: unknown): number | null {
  const errno = memberOf(thrown, 'errno');
  return typeof errno === 'number' && Number.isInteger(errno) ? errno : null;
}

const textOf = (thrown: unknown, member: string): string | null => {
  const value = memberOf(thrown, member);
  return typeof value === 'string' ? value : null;
};

const memberOf = (thrown: unknown, member: string): unknown =>
  typeof thrown === 'object' && thrown !== null && member in thrown
    ? (thrown as Record<string, unknown>)[member]
    : undefined;
