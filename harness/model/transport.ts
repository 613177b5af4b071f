/** How a transport hands bytes over: as one run of bytes, or one message a read. */
export type Framing = 'stream' | 'message';

/** What a transport promises, whatever the workload. A check holds it to these; a figure never changes them. */
export interface Guarantees {
  readonly framing: Framing;
  /** Messages of one sender arrive in the order they were sent. */
  readonly ordered: boolean;
  /** Nothing accepted is lost while both ends live. */
  readonly reliable: boolean;
  /** The receiver is told of the end, after all data. Datagram sockets do not. */
  readonly eof: boolean;
  /** One endpoint carries both directions over the same kernel object (a pair of pipes does not). */
  readonly duplex: boolean;
  /** Writes of several writers up to this many bytes are never interleaved; null where nothing is promised. */
  readonly atomicWriteBytes: number | null;
  /** Largest message the default settings take, in bytes; null where there is no such limit. */
  readonly maxMessageBytes: number | null;
  /** What a sender meets when the receiver is slow: it sleeps, it is refused, or it is merely told. */
  readonly backpressure: 'blocks' | 'refuses' | 'advises';
}

export type Role = 'initiator' | 'responder';

/**
 * Who moves the bytes: the C++ peer program, the same loops inside Node, or Node's own API. Never mixed in one ranking.
 */
export type Driver = 'native' | 'addon' | 'js';

/**
 * One end of a rendezvous as plain data: what the harness hands to one peer.
 *
 * `spec` is the text the peer is given as `--endpoint` (see native/README.md for its grammar; a `js` transport
 * may put any text here). It names inherited descriptors as `{0}`, `{1}` …: positions in `descriptors`. The harness
 * closes its own copies of `descriptors` as soon as both peers have been spawned.
 */
export interface EndpointSpec {
  readonly spec: string;
  readonly descriptors: readonly number[];
}

/** Where two peers meet. The harness owns every path in it: all lie inside the launch's private directory. */
export interface Rendezvous {
  readonly initiator: EndpointSpec;
  readonly responder: EndpointSpec;
}

export type SocketType = 'stream' | 'dgram' | 'seqpacket';

/**
 * The descriptors the harness can make for a transport. Each throws an Error of Node's own shape (code, errno,
 * syscall).
 */
export interface RendezvousTools {
  /**
   * A fresh path inside the launch's private 0700 directory. Throws a sentence when it is too long for a socket
   * address.
   */
  path(name: string): string;
  /** socketpair(2); both ends close-on-exec. */
  socketpair(type: SocketType): readonly [number, number];
  /** pipe2(2); [read end, write end], close-on-exec. */
  pipe(): readonly [number, number];
  /** mkfifo(3), mode 0600. */
  mkfifo(path: string): void;
  /** socket(2), bind(2), listen(2): a named Unix socket that takes connections. */
  listenUnix(path: string, type: 'stream' | 'seqpacket'): number;
  /** Two named datagram sockets, each bound to its path; connected to each other, or only the first to the second. */
  boundDatagramPair(pathA: string, pathB: string, connected: 'both' | 'one-way'): readonly [number, number];
  /** A TCP socket listening on 127.0.0.1, and the port it was given. */
  listenTcp(): { readonly descriptor: number; readonly port: number };
}

/**
 * What one end of a `js` transport can do, inside a Node peer. With framing `message`, messages go in and come out
 * whole; with `stream` they go in whole and come out as whatever chunks arrive, and the peer cuts them at their
 * headers.
 */
export interface Endpoint {
  /**
   * Queue one message. Resolves, or returns, when the transport is ready for the next one (its own backpressure,
   * honoured). Rejects with the transport's error.
   */
  send(message: Uint8Array): Promise<unknown> | void;
  /** Called once, before the first message can arrive. The Uint8Array is the callee's to keep. */
  onMessage(receive: (message: Uint8Array) => void): void;
  /** Called once when the other end has ended and every message before it has been handed over. */
  onEnd(ended: (error?: Error) => void): void;
  /** Flush what was sent, then end. Called once. Resolves when everything has left this process. */
  close(): Promise<void>;
}

/** What a Node peer gives a `js` transport to open its endpoint with. */
export interface EndpointContext {
  readonly role: Role;
  /** The text the transport's `arrange` put into its EndpointSpec, `{n}` replaced by the descriptor's number here. */
  readonly spec: string;
  /** The largest message of this launch, in bytes. */
  readonly maxMessageBytes: number;
  /**
   * For a `forked` transport's initiator: start the responder peer as a child of this process with
   * `child_process.fork`. It inherits its control descriptor; the harness ends it.
   */
  forkResponder(options: { readonly serialization: 'json' | 'advanced' }): import('node:child_process').ChildProcess;
}

export interface JsTransport {
  /** `spawned`: the harness starts both peers. `forked`: the initiator forks the responder (Node's IPC channel). */
  readonly topology: 'spawned' | 'forked';
  open(context: EndpointContext): Promise<Endpoint>;
}

/**
 * A way for two processes to exchange bytes. A descriptor file in suites/transports default-exports one; so does a
 * module given by `--transport ./mine.js` and a package named `ipcbench-transport-*`.
 */
export interface Transport {
  /** Lower-case words joined by hyphens; first part of every id. */
  readonly name: string;
  /** One sentence for `list` and the report. */
  readonly summary: string;
  readonly platforms: readonly NodeJS.Platform[];
  readonly guarantees: Guarantees;
  /** Set for what is no local IPC transport but a yardstick beside one: says so wherever the transport is shown. */
  readonly reference?: string;
  /** Makes what both peers need to meet. Runs in the harness, once a launch. Absent: nothing is needed. */
  arrange?(tools: RendezvousTools): Rendezvous;
  /** Drivers of the C++ core that can open this transport's EndpointSpecs. */
  readonly coreDrivers?: readonly ('native' | 'addon')[];
  readonly js?: JsTransport;
}
