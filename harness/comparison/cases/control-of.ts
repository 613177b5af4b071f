import { makeCase } from '../../plan/case-id.js';
import { driversOf } from '../../plan/plan.js';
import type { Case, Driver } from '../../model/index.js';
import type { LoadedTransport } from '../../discovery/load-transports.js';
import { UserError } from '../../user-error.js';

/** The transport whose C++ loops everything over a Unix socket is held beside. */
const DEFAULT_CONTROL = 'unix-stream';

/**
 * The control of a case: the same workload, size and placement over a built-in transport, by this installation as it
 * is. A built-in native case is its own control, outside of what the variant puts around it; what Node hosts, or a user
 * brought, is held beside the C++ loops over a Unix socket, unless another is named. Throws UserError for a control
 * nobody has.
 */
export function controlOf(one: Case, named: string | null, builtIn: readonly LoadedTransport[]): Case {
  const own = builtIn.find((loaded) => loaded.transport.name === one.transport && loaded.origin === 'built-in');
  const transport = named ?? (one.driver === 'native' && own !== undefined ? one.transport : DEFAULT_CONTROL);
  const loaded = builtIn.find((candidate) => candidate.transport.name === transport);
  if (loaded === undefined)
    throw new UserError(
      `--control names '${transport}', which is not a transport of this installation. ('ipcbench list ` +
        "transports')",
    );
  const drivers = driversOf(loaded.transport);
  const driver: Driver = drivers.includes('native') ? 'native' : (drivers[0] ?? 'js');
  const { workload, sizeBytes, placement, settings, methodRevision } = one;
  return makeCase({ transport, driver, workload, sizeBytes, placement, settings, methodRevision });
}
