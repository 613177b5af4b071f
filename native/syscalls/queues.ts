/** POSIX message queues. A name begins with '/'. Blocking follows O_NONBLOCK of the open. */
export interface QueueCalls {
  /** With O_CREAT: `mode`, and the sizes of the queue, the system's own (10 of 8192 bytes) when not given. */
  mq_open(
    name: string,
    flags: number,
    mode?: number,
    sizes?: { readonly maxMessages: number; readonly messageBytes: number },
  ): number;
  mq_send(queue: number, data: Uint8Array | string, priority: number, timeoutMs?: number): void;
  mq_receive(queue: number, size: number, timeoutMs?: number): { readonly data: Buffer; readonly priority: number };
  mq_getattr(queue: number): QueueAttributes;
  mq_unlink(name: string): void;
}

export interface QueueAttributes {
  readonly flags: number;
  readonly maxMessages: number;
  readonly messageBytes: number;
  readonly messages: number;
}
