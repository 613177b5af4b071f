import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

// What a Node child makes of the channel it was given at descriptor 3, and what a program that it starts sees of it.
const CHANNEL = 3;
const inChild = {
  fd: process.env['NODE_CHANNEL_FD'] ?? 'unset',
  mode: process.env['NODE_CHANNEL_SERIALIZATION_MODE'] ?? 'unset',
};
const [fd, mode, target] = execFileSync('/bin/sh', [
  '-c',
  `echo "\${NODE_CHANNEL_FD-unset} \${NODE_CHANNEL_SERIALIZATION_MODE-unset} $(readlink /proc/$$/fd/${CHANNEL})"`,
])
  .toString()
  .trim()
  .split(' ');
process.send?.({
  inChild,
  inGrandchild: { fd, mode },
  flags: /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${CHANNEL}`, 'utf8'))?.[1],
  inherited: target === readlinkSync(`/proc/self/fd/${CHANNEL}`),
});
