import type { NativeAddon } from '../../native/addon.js';
import type { Endpoint, PeerResult } from '../model/index.js';
import type { PeerArguments } from './arguments.js';
import type { Control } from './control.js';
import type { SharedWords } from './shared-words.js';

/** What every workload of a Node-hosted peer is handed. */
export interface Peer {
  readonly args: PeerArguments;
  readonly addon: NativeAddon;
  readonly endpoint: Endpoint;
  readonly words: SharedWords;
  readonly control: Control;
  /** Closes the endpoint, once however often it is called, in the phase `closing`. */
  close(): Promise<void>;
  /** Ends the launch as failed, from wherever it is noticed. The first one counts. */
  fail(error: unknown): void;
}

/** `leftOpen`: descriptors that a receiver of `deliver` opened and did not close, in words. */
export type PeerReport = Omit<PeerResult, 'role'> & { readonly leftOpen?: string | null };

/** A workload in one role, ready for the barrier: its listeners are in place. */
export interface Workload {
  /** For the progress words: what a stuck peer had done. */
  sofar(): { readonly messages: number; readonly bytes: number };
  /** After the barrier. Resolves when this peer is done with its endpoint; null where nothing was measured. */
  run(): Promise<PeerReport | null>;
}

/** The number of a role in a message's header. */
export const senderNumber = { initiator: 0, responder: 1 } as const;

export const partnerOf = { initiator: 'responder', responder: 'initiator' } as const;
