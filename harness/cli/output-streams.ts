import { systemReason } from '../saving/system-reason.js';

export interface OutputWatch {
  /**
   * Once everything was handed over: what of stdout was lost, as a sentence; null when nothing was, or when the reader
   * had seen enough.
   */
  lost(): Promise<string | null>;
}

/**
 * A disk that is full, or a reader that has gone, must not end a run: what is being measured goes on to its report. A
 * reader that has seen enough (`ipcbench list | head`) is no error. What progress on stderr loses is no result.
 */
export function watchOutput(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): OutputWatch {
  let lost: string | null = null;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') return;
    lost ??= `The output could not be written to stdout (${systemReason(error) ?? error.message}).`;
  });
  stderr.on('error', () => undefined);
  return {
    lost: async () => {
      for (const stream of [stdout, stderr]) await handedOver(stream);
      return lost;
    },
  };
}

/** Resolves when all that was written before has left this process, or will never. */
export async function handedOver(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed) return;
  await new Promise<void>((resolve) => stream.write('', () => resolve()));
  // A failed write tells its listeners a turn after its callback.
  await new Promise<void>((resolve) => setImmediate(resolve));
}
