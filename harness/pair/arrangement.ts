import { closeSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeAddon } from '../../native/addon.js';
import type { EndpointSpec, Rendezvous, Transport } from '../model/index.js';
import { realTools } from '../rendezvous/operations.js';
import { UserError } from '../user-error.js';
import { SOCKET_PATH_BYTES } from './private-directory.js';

/** One rendezvous that was made, with everything that has to be put away. */
export interface Arrangement {
  readonly rendezvous: Rendezvous;
  /** Closes the harness's copies of every descriptor made for it: until then no peer would ever see an end of file. */
  closeDescriptors(): void;
  /** Removes the socket files and FIFOs made for it. */
  removeFiles(): void;
}

const NOTHING: EndpointSpec = { spec: '', descriptors: [] };

/**
 * Asks the transport where its peers meet. Whatever it made before it threw is closed and removed. `nonce` keeps
 * launches apart.
 */
export function arrange(transport: Transport, addon: NativeAddon, directory: string, nonce: string): Arrangement {
  const descriptors: number[] = [];
  const files: string[] = [];
  const path = (name: string): string => {
    const made = join(directory, `${nonce}-${name}`);
    const bytes = Buffer.byteLength(made);
    if (bytes > SOCKET_PATH_BYTES) {
      throw new UserError(
        `Socket path is ${bytes} bytes; Linux allows ${SOCKET_PATH_BYTES}. Set TMPDIR to a shorter directory.`,
        2,
      );
    }
    files.push(made);
    return made;
  };
  const tools = realTools({ addon, path }, (descriptor) => descriptors.push(descriptor));
  const arrangement = {
    closeDescriptors: () => {
      for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
    },
    removeFiles: () => {
      for (const file of files.splice(0)) rmSync(file, { force: true });
    },
  };
  try {
    return { rendezvous: transport.arrange?.(tools) ?? { initiator: NOTHING, responder: NOTHING }, ...arrangement };
  } catch (error) {
    arrangement.closeDescriptors();
    arrangement.removeFiles();
    throw error;
  }
}
