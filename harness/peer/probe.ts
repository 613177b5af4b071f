import { createRequire } from 'node:module';
import type { NativeAddon } from '../../native/addon.js';
import { openControl } from './control.js';

// Does what every peer does before its endpoint opens, in the runtime that is to host peers: loads the core, and speaks over an inherited descriptor.

const [addonPath = ''] = process.argv.slice(2);
const addon = createRequire(import.meta.url)(addonPath) as NativeAddon;
addon.allowedCpus();
const control = openControl(3, () => {
  console.error('a net.Socket over an inherited descriptor is closed there');
  process.exit(1);
});
await control.say({ type: 'ready', pid: process.pid });
await control.waitFor('go');
process.exit(0);
