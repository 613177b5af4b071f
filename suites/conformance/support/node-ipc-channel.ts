import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DefaultSerializer } from 'node:v8';
import type { CheckRun } from '../../../harness/define.js';

/** The two codings of Node's channel, as subjects of checks. */
export const NODE_IPC = ['node-ipc-json', 'node-ipc-advanced'] as const;
export type Serialization = 'json' | 'advanced';
export const serializationOf = (subject: string): Serialization =>
  subject === 'node-ipc-advanced' ? 'advanced' : 'json';

/**
 * One message as it stands on the channel: a line of JSON, or V8's serialization after its length
 * (lib/internal/child_process/serialization.js).
 */
export function encode(serialization: Serialization, message: unknown): Buffer {
  if (serialization === 'json') return Buffer.from(`${JSON.stringify(message)}\n`);
  const serializer = new ChannelSerializer();
  serializer.writeHeader();
  serializer.writeValue(message);
  return frame(serializer.releaseBuffer());
}

/** Bytes after their length, a big-endian uint32. */
export function frame(body: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/**
 * Node writes one number before every view of bytes: 0 for a view, 1 for any other object that V8 cannot write by
 * itself.
 */
class ChannelSerializer extends DefaultSerializer {
  _writeHostObject(view: NodeJS.ArrayBufferView): void {
    this.writeUint32(0);
    (
      DefaultSerializer.prototype as unknown as {
        _writeHostObject(this: ChannelSerializer, view: NodeJS.ArrayBufferView): void;
      }
    )._writeHostObject.call(this, view);
  }
}

/**
 * A command of the shell that writes these bytes to the channel at once. Every byte is an octal escape, so that none
 * means anything to the shell.
 */
export const shellWrite = (bytes: Uint8Array): string => `printf '${Array.from(bytes, octal).join('')}' >&3`;
const octal = (byte: number): string => (byte === 0x25 ? '%%' : `\\${byte.toString(8).padStart(3, '0')}`);

/**
 * A command of the shell that waits for the 'go' of children/node-ipc-parent.ts, for as long as that takes: a parent
 * that has ended, or has closed the channel, is an end of file.
 */
export const shellHearGo = (serialization: Serialization): string =>
  `head -c ${encode(serialization, 'go').length} <&3 >/dev/null`;

/** A shell as the child at the other end of a channel at descriptor 3: a program that knows nothing of Node. */
export const shellChild = (checkRun: CheckRun, script: string, serialization: Serialization): ChildProcess =>
  checkRun.spawn('/bin/sh', { args: ['-c', script], stdio: ['ignore', 'pipe', 'pipe', 'ipc'], serialization });

/** A child that sends back every byte it is sent, and ends when the channel does. */
export const echoChild = (checkRun: CheckRun, serialization: Serialization): ChildProcess =>
  shellChild(checkRun, 'exec cat <&3 >&3', serialization);

/** Stops a child that sends back every byte, so that nobody reads what it is sent, and waits until it has stopped. */
export async function stopped(checkRun: CheckRun, child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP');
  // The state stands after the name of the program, which is in parentheses.
  await checkRun.until('the child has stopped', () => /\) T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8')));
}

/** What a parent's ChildProcess emitted so far. */
export interface Heard {
  readonly messages: unknown[];
  readonly internalMessages: unknown[];
  readonly errors: string[];
  disconnects: number;
}

export function listen(child: ChildProcess): Heard {
  const heard: Heard = { messages: [], internalMessages: [], errors: [], disconnects: 0 };
  child.on('message', (message) => heard.messages.push(message));
  child.on('internalMessage', (message: unknown) => heard.internalMessages.push(message));
  child.on('error', (error) => heard.errors.push(nameOf(error)));
  child.on('disconnect', () => (heard.disconnects += 1));
  return heard;
}

/** Sends, and returns what came of it at once: null, or the name of the error that was thrown. */
export function thrownBy(send: () => unknown): string | null {
  try {
    send();
    return null;
  } catch (error) {
    return nameOf(error);
  }
}

/** 'ERR_MISSING_ARGS', where an error has such a code, else 'SyntaxError'. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Collects what a child writes until it has ended. To be called before anything is awaited. */
export async function untilEnded(checkRun: CheckRun, child: ChildProcess, ms?: number): Promise<Ended> {
  const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => {
    const chunks: Buffer[] = [];
    if (stream !== null) for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  });
  // Not 'close': it never comes after a disconnect() of the parent (nodejs/node#19433).
  const [status, signal] = (await checkRun.event(child, 'exit', ms)) as [number | null, string | null];
  return { status, signal, stdout: (await stdout) ?? Buffer.alloc(0), stderr: ((await stderr) ?? '').toString() };
}

/**
 * The error that ended a Node program, as its stderr tells: 'SyntaxError: …' without the stack. null when there is
 * none.
 */
export function fatalError(stderr: string): string | null {
  const line = stderr.split('\n').find((text) => /^(Uncaught )?([A-Z]\w*)?Error\b/.test(text));
  // It may quote what it could not read.
  return line === undefined
    ? null
    : line.trim().replace(/[\0-\x1f\x7f]/g, (control) => JSON.stringify(control).slice(1, -1));
}
